#include "tests/support/free_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace vitals {

namespace {

constexpr std::uint16_t kFirst = 10000, kLast = 29999;

bool Bind(const Fd& fd, std::uint32_t address, std::uint16_t port) {
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(port);
  place.sin_addr.s_addr = htonl(address);
  return ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0;
}

Fd Socket() { return Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

// Claims the port among the programs of the tests, by a name that only one socket can have
// (unix(7), abstract addresses); the claim lasts as long as the process.
bool Claim(std::uint16_t port) {
  static std::mutex mutex;
  static std::vector<Fd> claims;
  const std::string name = "mqtt-vitals-test-port-" + std::to_string(port);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path + 1, sizeof address.sun_path - 1);
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) return false;
  const std::lock_guard lock(mutex);
  claims.push_back(std::move(fd));
  return true;
}

}  // namespace

std::uint16_t FreePort() {
  std::random_device random;
  std::uniform_int_distribution<unsigned> any(kFirst, kLast);
  for (int tries = 0; tries < 1000; ++tries) {
    const auto port = static_cast<std::uint16_t>(any(random));
    if (Claim(port) && Bind(Socket(), INADDR_ANY, port)) return port;
  }
  ADD_FAILURE() << "no free port from " << kFirst << " to " << kLast;
  return 0;
}

Fd TakePort(std::uint16_t port) {
  Fd fd = Socket();
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (!Bind(fd, INADDR_LOOPBACK, port)) ADD_FAILURE() << "cannot bind 127.0.0.1:" << port;
  ::listen(fd.get(), 128);
  return fd;
}

}  // namespace vitals

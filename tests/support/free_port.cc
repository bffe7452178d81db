#include "tests/support/free_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "gtest/gtest.h"

namespace vitals {

namespace {

// Binds a socket there and returns the port, which the kernel chooses for 0.
std::uint16_t Bind(const Fd& fd, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd.get(), generic, length) != 0 || ::getsockname(fd.get(), generic, &length) != 0) {
    ADD_FAILURE() << "cannot bind 127.0.0.1:" << port;
  }
  return ntohs(address.sin_port);
}

Fd Socket() { return Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

}  // namespace

std::uint16_t FreePort() { return Bind(Socket(), 0); }

Fd TakePort(std::uint16_t port) {
  Fd fd = Socket();
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  Bind(fd, port);
  ::listen(fd.get(), 128);
  return fd;
}

}  // namespace vitals

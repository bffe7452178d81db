#include "probes/mqtt/socket_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>

namespace vitals::mqtt {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

SocketAddress FromV4(const in_addr& v4, std::uint16_t port) {
  SocketAddress address;
  std::copy(kMapped.begin(), kMapped.end(), address.ip.begin());
  std::memcpy(address.ip.data() + kMapped.size(), &v4, sizeof v4);
  address.port = port;
  return address;
}

SocketAddress FromV6(const in6_addr& v6, std::uint16_t port) {
  SocketAddress address;
  std::memcpy(address.ip.data(), &v6, sizeof v6);
  address.port = port;
  return address;
}

}  // namespace

bool SocketAddress::IsV4() const { return std::equal(kMapped.begin(), kMapped.end(), ip.begin()); }

bool SocketAddress::IsAny() const {
  return std::all_of(ip.begin() + (IsV4() ? 12 : 0), ip.end(), [](auto b) { return b == 0; });
}

std::string SocketAddress::Host() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = ip.data() + (IsV4() ? kMapped.size() : 0);
  inet_ntop(family(), bytes, text.data(), text.size());
  return text.data();
}

std::optional<SocketAddress> MakeAddress(const std::string& host, std::uint16_t port) {
  const char* text = host == "localhost" ? "127.0.0.1" : host.c_str();
  in_addr v4{};
  if (inet_pton(AF_INET, text, &v4) == 1) return FromV4(v4, port);
  in6_addr v6{};
  if (inet_pton(AF_INET6, text, &v6) == 1) return FromV6(v6, port);
  return std::nullopt;
}

std::optional<SocketAddress> MakeAddress(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &storage, sizeof in);
    return FromV4(in.sin_addr, ntohs(in.sin_port));
  }
  if (storage.ss_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &storage, sizeof in);
    return FromV6(in.sin6_addr, ntohs(in.sin6_port));
  }
  return std::nullopt;
}

socklen_t FillSockaddr(const SocketAddress& address, sockaddr_storage& storage) {
  storage = {};
  if (address.IsV4()) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(address.port);
    std::memcpy(&in.sin_addr, address.ip.data() + kMapped.size(), sizeof in.sin_addr);
    std::memcpy(&storage, &in, sizeof in);
    return sizeof in;
  }
  sockaddr_in6 in{};
  in.sin6_family = AF_INET6;
  in.sin6_port = htons(address.port);
  std::memcpy(&in.sin6_addr, address.ip.data(), sizeof in.sin6_addr);
  std::memcpy(&storage, &in, sizeof in);
  return sizeof in;
}

socklen_t FillSockaddr(const std::string& path, sockaddr_storage& storage) {
  storage = {};
  sockaddr_un un{};
  un.sun_family = AF_UNIX;
  path.copy(un.sun_path, sizeof un.sun_path - 1);
  std::memcpy(&storage, &un, sizeof un);
  return sizeof un;
}

std::optional<SocketAddress> LocalAddress(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return std::nullopt;
  return MakeAddress(storage);
}

std::optional<SocketPair> PairOf(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return std::nullopt;
  const auto peer = MakeAddress(storage);
  const auto local = LocalAddress(fd);
  if (!peer || !local) return std::nullopt;
  return SocketPair{*local, *peer};
}

}  // namespace vitals::mqtt

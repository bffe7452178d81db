// SocketAddress: an IP address and a port as a value; SocketPair: both ends of a connection of
// ours. IPv4 addresses are kept in their mapped form (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2), so
// that an IPv4 client of an IPv6 listener compares equal whichever side is looked at.
//
// Value types, any thread. Names are not resolved here, except "localhost" (RFC 6761 section 6.3).
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace vitals::mqtt {

struct SocketAddress {
  std::array<std::uint8_t, 16> ip{};
  std::uint16_t port = 0;

  bool operator==(const SocketAddress&) const = default;
  bool IsV4() const;
  int family() const { return IsV4() ? AF_INET : AF_INET6; }
  bool IsAny() const;  // 0.0.0.0 or ::
  // The numeric address alone, without brackets.
  std::string Host() const;
};

std::optional<SocketAddress> MakeAddress(const std::string& host, std::uint16_t port);
std::optional<SocketAddress> MakeAddress(const sockaddr_storage& storage);
// Fills what connect(2) and bind(2) take.
socklen_t FillSockaddr(const SocketAddress& address, sockaddr_storage& storage);
// The same for the path of a unix socket, cut at what unix(7) allows.
socklen_t FillSockaddr(const std::string& path, sockaddr_storage& storage);

struct SocketPair {
  SocketAddress local;
  SocketAddress peer;
  bool operator==(const SocketPair&) const = default;
};

std::optional<SocketAddress> LocalAddress(int fd);
// None while the socket is not connected.
std::optional<SocketPair> PairOf(int fd);

}  // namespace vitals::mqtt

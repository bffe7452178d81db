#include "agent/core/listen.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace vitals {
namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// False if the host is no numeric address.
bool Fill(const Address& address, SocketAddress* out) {
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out->storage);
  if (inet_pton(AF_INET, address.host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(address.port);
    out->length = sizeof *v4;
    return true;
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out->storage);
  if (inet_pton(AF_INET6, address.host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(address.port);
    out->length = sizeof *v6;
    return true;
  }
  return false;
}

// An invalid descriptor leaves the cause in errno.
Fd Open(const SocketAddress& address, int backlog) {
  const int family = address.storage.ss_family;
  Fd fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return fd;
  const int on = 1;
  const int off = 0;
  // A restart must not wait for the TIME_WAIT of its predecessor's connections.
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (family == AF_INET6) ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (::bind(fd.get(), address.get(), address.length) == 0 && ::listen(fd.get(), backlog) == 0) {
    return fd;
  }
  const int cause = errno;
  fd.Close();
  errno = cause;
  return fd;
}

std::string Remedy(int cause, const Address& address, const std::string& flag) {
  switch (cause) {
    case EADDRINUSE:
      return "is another mqtt-vitals running? stop what holds port " +
             std::to_string(address.port) + ", or choose another with " + flag + " ADDR:PORT";
    case EACCES:
      return "ports below 1024 need a privilege; choose another with " + flag + " ADDR:PORT";
    case EADDRNOTAVAIL:
      return "this machine has no such address; choose another with " + flag + " ADDR:PORT";
    default:
      return "choose another address with " + flag + " ADDR:PORT";
  }
}

}  // namespace

Result<Fd> ListenTcp(const Address& address, int backlog, const std::string& flag) {
  SocketAddress target;
  if (!Fill(address, &target)) {
    return Fail("'" + address.host + "' is no numeric IP address", flag,
                "write it as 0.0.0.0:PORT, 127.0.0.1:PORT or [::]:PORT");
  }
  Fd fd = Open(target, backlog);
  // No IPv6 at all, or switched off by net.ipv6.conf.all.disable_ipv6.
  if (!fd && address.host == "::" && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) {
    return ListenTcp(Address{"0.0.0.0", address.port}, backlog, flag);
  }
  if (!fd) {
    const int cause = errno;
    return Fail("can't listen on " + address.ToString() + ": " + std::strerror(cause), flag,
                Remedy(cause, address, flag));
  }
  return fd;
}

Address BoundAddress(int fd) {
  SocketAddress bound;
  bound.length = sizeof bound.storage;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&bound.storage), &bound.length) != 0) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (bound.storage.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&bound.storage);
    ::inet_ntop(AF_INET, &v4->sin_addr, text.data(), text.size());
    return Address{text.data(), ntohs(v4->sin_port)};
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&bound.storage);
  ::inet_ntop(AF_INET6, &v6->sin6_addr, text.data(), text.size());
  return Address{text.data(), ntohs(v6->sin6_port)};
}

}  // namespace vitals

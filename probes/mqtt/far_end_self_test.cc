#include "probes/mqtt/far_end_self_test.h"

#include <netinet/in.h>
#include <poll.h>

#include "agent/core/fd.h"
#include "probes/mqtt/far_end.h"

namespace vitals::mqtt {
namespace {

Fd Listen(const SocketAddress& address) {
  Fd fd(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_storage storage{};
  const socklen_t size = FillSockaddr(address, storage);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&storage), size) != 0 ||
      ::listen(fd.get(), 1) != 0) {
    return {};
  }
  return fd;
}

Fd Connect(const SocketAddress& address) {
  Fd fd(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_storage storage{};
  const socklen_t size = FillSockaddr(address, storage);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&storage), size) != 0) return {};
  return fd;
}

bool Readable(int fd) {
  pollfd wait{fd, POLLIN, 0};
  return ::poll(&wait, 1, 1000) == 1;
}

bool Shows(SocketTable& table, const SocketPair& ours, FarEnd far_end, std::uint32_t bytes) {
  const FarEndLook look = Classify(table.Find(ours.peer, ours.local));
  return look.far_end == far_end && look.unread_bytes == bytes;
}

// One client of `client_host` at a listener on `listen_host`.
bool ShowsConnection(SocketTable& table, const Fd& listener, const char* client_host) {
  const auto bound = LocalAddress(listener.get());
  if (!bound) return false;
  const Fd client = Connect(*MakeAddress(client_host, bound->port));
  const auto ours = PairOf(client.get());
  if (!ours || ::send(client.get(), "?", 1, MSG_NOSIGNAL) != 1) return false;
  if (!Shows(table, *ours, FarEnd::kUnaccepted, 1)) return false;
  if (!Readable(listener.get())) return false;
  const Fd accepted(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!accepted || !Shows(table, *ours, FarEnd::kUnread, 1)) return false;
  char byte = 0;
  if (::recv(accepted.get(), &byte, 1, MSG_DONTWAIT) != 1) return false;
  return Shows(table, *ours, FarEnd::kRead, 0);
}

}  // namespace

bool ShowsFarEnds(SocketTable& table, int family) {
  const char* loopback = family == AF_INET ? "127.0.0.1" : "::1";
  const Fd listener = Listen(*MakeAddress(loopback, 0));
  if (!listener || !ShowsConnection(table, listener, loopback)) return false;
  if (family != AF_INET) return true;
  const Fd wildcard = Listen(*MakeAddress("::", 0));
  return !wildcard || ShowsConnection(table, wildcard, loopback);
}

}  // namespace vitals::mqtt

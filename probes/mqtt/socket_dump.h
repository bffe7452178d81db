// A dump of the kernel's TCP sockets of one local port: its listeners first, then its established
// connections. One request to sock_diag over a socket of its own; needs no privilege, changes
// nothing.
//
// Free function, any thread; blocks for the dump, at most until `give_up_at`.
//
// Sources: sock_diag(7); linux/net/ipv4/inet_diag.c inet_diag_dump_icsk().
#pragma once

#include <linux/inet_diag.h>

#include <cstdint>
#include <functional>
#include <string_view>

#include "agent/core/time.h"
#include "probes/mqtt/socket_address.h"

namespace vitals::mqtt {

struct DumpedSocket {
  SocketAddress own, remote;
  inet_diag_msg message{};
  std::string_view attributes;  // rtattr(3), one after the other
};

struct DumpWish {
  int family = 0;  // IPv4 clients of a listener on "::" are among those of AF_INET6
  std::uint16_t port = 0;
  bool tcp_info = false;
  Time give_up_at{};
};

// `visit` for each socket; `enough` is asked now and then, true ends the dump. True: complete, or
// enough; false: the kernel refused, or time was up.
bool DumpSockets(const DumpWish& wish, const std::function<void(const DumpedSocket&)>& visit,
                 const std::function<bool()>& enough);

}  // namespace vitals::mqtt

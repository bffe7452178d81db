// A look at the connections that others have to a listener of the broker: is one of them served
// while we are met with silence? Then the broker lives, and lacks descriptors or has lost the
// thread that accepts.
//
// One dump of sock_diag with tcp_info over a socket of its own, bounded in sockets and time; needs
// no privilege, changes nothing. Any thread; blocks for the milliseconds of the dump.
//
// Sources: sock_diag(7); linux/net/ipv4/inet_diag.c inet_diag_dump_icsk(); tcp(7) TCP_INFO. Both
// times of tcp_info start with the connection, so one that was accepted counts as served at its
// opening.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "agent/core/time.h"
#include "probes/mqtt/socket_address.h"

namespace vitals::mqtt {

struct Bystanders {
  bool complete = false;   // all of them were looked at, or one that was served this very moment
  std::uint32_t seen = 0;  // established, accepted, and not ours
  // How long ago the broker's end of one with nothing unread got data, and how long ago any sent.
  std::optional<Duration> newest_read, newest_answer;
};

// `ours`: the agent's own ends, which are left out. `most`: after so many sockets the look is cut.
Bystanders LookAtBystanders(const SocketAddress& listener, const std::vector<SocketAddress>& ours,
                            std::uint32_t most = 200'000);

}  // namespace vitals::mqtt

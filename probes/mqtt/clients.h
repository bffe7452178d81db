// How many clients are connected to the broker's listeners: the established connections of their
// ports that are not the agent's own. For a drain, which ends when none is left.
//
// Asks the kernel by sock_diag, else by /proc/net/tcp and tcp6; needs no privilege, changes
// nothing. Any thread; blocks for the dump, at most 2 s.
//
// Sources: sock_diag(7), proc_pid_net_tcp(5).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "agent/core/settings.h"
#include "probes/mqtt/socket_address.h"

namespace vitals::mqtt {

// None: the broker is not in this network namespace, or the kernel does not tell. Listeners of unix
// sockets, and those behind something else (`via_proxy`), are not counted.
std::optional<std::uint32_t> CountClients(const std::vector<EndpointSettings>& endpoints,
                                          const std::vector<SocketAddress>& ours);

}  // namespace vitals::mqtt

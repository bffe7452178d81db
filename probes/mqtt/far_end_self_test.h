// The self-test of the far-end view: a listener and a client of our own on loopback, looked at
// before accept, after accept and after read. Blocks for microseconds; any thread; leaves nothing
// behind.
#pragma once

#include "probes/mqtt/socket_table.h"

namespace vitals::mqtt {

// True if `table` shows the far ends of this family. For AF_INET that includes an IPv4 client of an
// IPv6 wildcard listener, where the machine has IPv6: brokers on "::" are met that way.
bool ShowsFarEnds(SocketTable& table, int family);

}  // namespace vitals::mqtt

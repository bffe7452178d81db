// The PROXY protocol header that a listener behind a load balancer expects as the first bytes of a
// connection. Pure function; any thread. Brokers want it in one segment: it is written together
// with the bytes that follow it.
//
// Source: haproxy, doc/proxy-protocol.txt, sections 2.1 (v1) and 2.2 (v2).
#pragma once

#include <string>

#include "agent/core/settings.h"
#include "probes/mqtt/socket_address.h"

namespace vitals::mqtt {

// Empty for ProxyProtocol::kNone. `ours` is the connection itself: a broker then sees the agent
// under its real address.
std::string EncodeProxyHeader(ProxyProtocol protocol, ProxyCommand command, const SocketPair& ours);

}  // namespace vitals::mqtt

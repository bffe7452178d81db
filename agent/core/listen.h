// Listening sockets of the agent's own surfaces (gate and web): one place for the rules that both
// need. SO_REUSEPORT is never set, so that a second agent on a taken port fails instead of sharing
// it; `::` takes IPv4 too, and becomes 0.0.0.0 where the kernel has no IPv6 (ipv6(7), socket(7)).
//
// Free functions without state, callable from any thread. They never block and never resolve names.
#pragma once

#include "agent/core/fd.h"
#include "agent/core/result.h"
#include "agent/core/settings.h"

namespace vitals {

// A non-blocking, close-on-exec TCP socket in state LISTEN. `flag` is the option that sets this
// address; an error names it as the way out.
Result<Fd> ListenTcp(const Address& address, int backlog, const std::string& flag);

// The address that `fd` is bound to; port 0 of the configuration is replaced by the real one.
Address BoundAddress(int fd);

}  // namespace vitals

// The listeners of a broker that has every kind of them on a port of its own: plain, TLS, mutual
// TLS and WebSocket with and without TLS, all with the same login. Any thread.
#pragma once

#include <string>
#include <vector>

#include "tests/support/broker.h"

namespace vitals {

// `port` is that of the first, plain one; 0: a free one.
std::vector<BrokerListener> MakeListeners(Listeners listeners, std::uint16_t port,
                                          const std::string& username, const std::string& password);

}  // namespace vitals

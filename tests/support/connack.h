// Asks a broker on 127.0.0.1 whether it lets a client in: CONNECT of MQTT 3.1.1 with a clean
// session, then DISCONNECT. Independent of the agent's own wire code on purpose.
//
// Source: MQTT 3.1.1 sections 3.1, 3.2 and 3.14.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/core/time.h"

namespace vitals {

// The return code of CONNACK (0 = let in, 5 = not authorised), nothing if none came in time.
// `preamble` goes before CONNECT: a PROXY header.
std::optional<int> AskConnack(std::uint16_t port, Duration limit = std::chrono::seconds(1),
                              std::string_view preamble = {});

// A header of PROXY protocol version 1, for listeners that want one.
inline constexpr std::string_view kSomeProxyHeader = "PROXY TCP4 127.0.0.1 127.0.0.1 1 1\r\n";

}  // namespace vitals

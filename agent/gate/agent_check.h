// What a load balancer is told that asks about this broker: one line of HAProxy's agent-check
// protocol (HAProxy 2.6 configuration manual, section 5.2, `agent-check`). docs/haproxy.md explains
// which word stands for what.
//
// Any thread; no allocation; a line never exceeds kAgentCheckMax.
#pragma once

#include "agent/gate/answer.h"
#include "agent/gate/bounded_text.h"

namespace vitals {

inline constexpr std::size_t kAgentCheckMax = 128;

BoundedText<kAgentCheckMax> AgentCheckLine(const Standing& standing);

}  // namespace vitals

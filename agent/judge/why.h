// Why an endpoint lets clients in, or delivers, or does not: one answer for the conditions and for
// the checks of readiness. Pure functions of the state.
#pragma once

#include "agent/judge/state.h"

namespace vitals {

// For any status. A fault of the agent goes first: then the status is only what it was before.
Reason WhyAccepting(const State& state, const Endpoint& endpoint);
Reason WhyDelivering(const Endpoint& endpoint);

}  // namespace vitals

// Why an endpoint does not let clients in, or does not deliver: one answer for the conditions and
// for the checks of readiness. Pure functions of the state.
#pragma once

#include "agent/judge/state.h"

namespace vitals {

// For an endpoint whose status is not True.
Reason WhyNotAccepting(const State& state, const Endpoint& endpoint);
Reason WhyNotDelivering(const Endpoint& endpoint);

}  // namespace vitals

#include "agent/judge/why.h"

namespace vitals {

Reason WhyAccepting(const State& state, const Endpoint& endpoint) {
  if (endpoint.connects_blinded()) return Reason::kAgentFault;
  if (endpoint.accepting() == Status::kTrue) return Reason::kWorks;
  if (endpoint.Refused() && state.ports_closed() != nullptr) return Reason::kPortsClosed;
  if (endpoint.accepting() == Status::kUnknown && !endpoint.connect_failure()) {
    return Reason::kNoEvidence;
  }
  return endpoint.worked_ever() ? Reason::kNotAccepting : Reason::kEndpointNeverWorked;
}

Reason WhyDelivering(const Endpoint& endpoint) {
  if (endpoint.rounds_blinded()) return Reason::kAgentFault;
  if (endpoint.delivering() == Status::kTrue) return Reason::kWorks;
  if (endpoint.delivering() == Status::kUnknown && !endpoint.round_failure()) {
    return Reason::kNoEvidence;
  }
  const bool fresh_works = endpoint.connect_success_at() && !endpoint.connect_failure() &&
                           endpoint.round_success_at() &&
                           *endpoint.connect_success_at() > *endpoint.round_success_at();
  return fresh_works ? Reason::kStandingSilent : Reason::kNotDelivering;
}

}  // namespace vitals

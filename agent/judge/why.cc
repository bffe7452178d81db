#include "agent/judge/why.h"

namespace vitals {

Reason WhyNotAccepting(const State& state, const Endpoint& endpoint) {
  if (endpoint.Refused() && state.ports_closed() != nullptr) return Reason::kPortsClosed;
  if (endpoint.agent_fault()) return Reason::kAgentFault;
  if (endpoint.accepting() == Status::kUnknown && !endpoint.connect_failure()) {
    return Reason::kNoEvidence;
  }
  return endpoint.worked_ever() ? Reason::kNotAccepting : Reason::kEndpointNeverWorked;
}

Reason WhyNotDelivering(const Endpoint& endpoint) {
  if (endpoint.agent_fault()) return Reason::kAgentFault;
  if (endpoint.delivering() == Status::kUnknown && !endpoint.round_failure()) {
    return Reason::kNoEvidence;
  }
  const bool fresh_works = endpoint.connect_success_at() && !endpoint.connect_failure() &&
                           endpoint.round_success_at() &&
                           *endpoint.connect_success_at() > *endpoint.round_success_at();
  return fresh_works ? Reason::kStandingSilent : Reason::kNotDelivering;
}

}  // namespace vitals

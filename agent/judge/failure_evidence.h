// Gathers what decided a failure of liveness, for people and for the flight recorder. Pure; on the
// Judge's thread.
#pragma once

#include <memory>

#include "agent/core/failure_evidence.h"
#include "agent/judge/verdicts.h"

namespace vitals {

// `finding` is the one that fails; with a hold, the one that would.
std::shared_ptr<const FailureEvidence> GatherEvidence(const State& state,
                                                      const LivenessFinding& finding,
                                                      FailureOutcome outcome);

}  // namespace vitals

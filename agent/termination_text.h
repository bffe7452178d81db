// The termination message: why liveness failed, for `kubectl describe pod`. Plain text, the verdict
// in its first line, then the clocks, then a line for each endpoint as far as there is room.
//
// Pure. What comes from outside (a person's reason, a broker's words) can't break a line.
#pragma once

#include <string>

#include "agent/core/failure_evidence.h"
#include "agent/core/time.h"

namespace vitals {

// What Kubernetes keeps of one container (kubernetes: pkg/kubelet/container,
// MaxContainerTerminationMessageLength).
inline constexpr std::size_t kTerminationTextMax = 4096;

std::string TerminationText(const FailureEvidence& evidence, WallTime at);

}  // namespace vitals

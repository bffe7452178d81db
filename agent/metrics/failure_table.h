// Which failures can occur in which stage of which probe. Their counters exist at zero from the
// start, so that the first failure is seen as an increase; a failure outside this table is counted
// too, from its first occurrence on. docs/reasons.md shows the table; a test compares the two.
//
// Constant data and pure functions, any thread.
#pragma once

#include <span>

#include "agent/core/evidence.h"
#include "agent/core/failure.h"
#include "agent/core/settings.h"

namespace vitals {

struct ExpectedFailure {
  ProbeKind probe;
  Stage stage;
  FailReason reason;
};

std::span<const ExpectedFailure> ExpectedFailures();

// Whether a connect to this endpoint passes through the stage at all: no TLS for mqtt://, no
// resolving of a numeric host.
bool PassesThrough(const EndpointSettings& endpoint, Stage stage);

}  // namespace vitals

// The evidence of a liveness failure as the fields of one line of the agent's log: times in
// seconds, an object for each endpoint. Pure, any thread.
#pragma once

#include "agent/core/failure_evidence.h"
#include "agent/log/fields.h"

namespace vitals {

Fields FailureFields(const FailureEvidence& evidence);

}  // namespace vitals

// The three verdicts as cards: in words, with the reason, since when, and their checks. Pure, any
// thread.
#pragma once

#include <string>

#include "agent/core/snapshot.h"

namespace vitals {

void AppendVerdicts(const Snapshot& snapshot, Time now, std::string* page);

}  // namespace vitals

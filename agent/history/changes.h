// What is different between two snapshots, as events for people: verdicts that turned, conditions
// that changed their status, came or went. Pure, any thread.
#pragma once

#include <vector>

#include "agent/core/past.h"
#include "agent/core/snapshot.h"

namespace vitals {

std::vector<PastEvent> Changes(const Snapshot& before, const Snapshot& now);

}  // namespace vitals

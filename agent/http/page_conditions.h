// The conditions as a table, the ages of their evidence included. Pure, any thread.
#pragma once

#include <string>

#include "agent/core/snapshot.h"

namespace vitals {

void AppendConditions(const Snapshot& snapshot, Time now, std::string* page);

}  // namespace vitals

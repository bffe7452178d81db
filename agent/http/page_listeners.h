// The newest connect of each listener as a bar of its stages, tcp to connack. Pure, any thread.
#pragma once

#include <string>

#include "agent/core/past.h"
#include "agent/core/snapshot.h"

namespace vitals {

// `snapshot` may be null.
void AppendListeners(const Snapshot* snapshot, const Past& past, std::string* page);

}  // namespace vitals

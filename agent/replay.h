// `mqtt-vitals replay`: the same judge over what the flight recorder kept, or over the plain log of
// a broker; what it says, what that changes against what was said then, and what it comes to.
//
// Called by main, once. Reads each file from start to end; memory is bounded by the number of
// changes. The same files give the same bytes.
#pragma once

#include <iosfwd>

#include "agent/config/flags.h"

namespace vitals {

// Returns the exit code: 0, or 2 for a policy, a profile or a file that can not be used.
int RunReplay(const ReplayFlags& flags, std::ostream& out, std::ostream& err);

}  // namespace vitals

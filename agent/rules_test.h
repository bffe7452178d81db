// `mqtt-vitals rules test`: runs the rules of a profile over log files and says line by line what
// fired and why, then what was covered. The way of a line is the agent's own: LineSplitter,
// LineDecoder, Matcher, and the judge's folding.
//
// Called by main, once. Reads each file from start to end in blocks; memory is bounded.
#pragma once

#include <iosfwd>

#include "agent/config/flags.h"

namespace vitals {

// Returns the exit code: 0, or 2 for a profile or a file that can not be used.
int RunRulesTest(const RulesFlags& flags, std::ostream& out, std::ostream& err);

}  // namespace vitals

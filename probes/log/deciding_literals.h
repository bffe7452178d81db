// DecidingLiterals: which strings must a line contain for an expression to match? The fewest and
// longest of which one is always there, so that SkipScan needs to look for no others.
//
// A pure function, any thread; it takes milliseconds and belongs to start-up. Private to
// probes/log. RE2's prefilter: re2/filtered_re2.h.
#pragma once

#include <string>
#include <vector>

namespace vitals {

// In lower case, none shorter than SkipScan::kShortest. None at all = the expression requires none.
std::vector<std::string> DecidingLiterals(const std::string& expression);

}  // namespace vitals

// `mqtt-vitals rules check`: validates a user's own profile. Its keys, its expressions and its
// samples, each of which is tried; every mistake at once, with file, line and remedy.
//
// Called by main, once.
#pragma once

#include <iosfwd>
#include <string>

namespace vitals {

// Returns the exit code: 0, or 2 if there is a mistake. Warnings and notes change nothing.
int RunRulesCheck(const std::string& file, std::ostream& out, std::ostream& err);

}  // namespace vitals

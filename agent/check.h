// `mqtt-vitals check`: looks once at every endpoint and says what came of it, for a person at a
// terminal, for Nagios and its kin, for exec probes and HEALTHCHECK. docs/command-line.md describes
// output and exit codes.
//
// Called once, by main; waits for brokers for the limit that was given.
#pragma once

#include <iosfwd>

#include "agent/config/flags.h"
#include "agent/config/layers.h"

namespace vitals {

// Returns the exit code.
int RunCheck(const Invocation& invocation, const Environment& environment, std::ostream& out,
             std::ostream& err);

}  // namespace vitals

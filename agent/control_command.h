// The commands for a running agent: `mqtt-vitals drain`, `undrain`, `hold`, `release`, `reload`.
// Each asks over the control socket (agent/control) and tells what came of it. Exit codes:
//   0  done
//   1  refused, or the clients did not leave in time
//   2  wrong usage, or a configuration with mistakes
//   3  no agent was reached
//
// Called by main, once.
#pragma once

#include <ostream>

#include "agent/config/flags.h"
#include "agent/config/layers.h"

namespace vitals {

int RunControl(const Invocation& invocation, const Environment& environment, std::ostream& out,
               std::ostream& err);

}  // namespace vitals

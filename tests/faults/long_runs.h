// The long runs beside the campaign: how fast hangs are detected at the defaults, and whether short
// freezes make readiness flap. Each prints its figures and says whether they are what they should
// be.
//
// Called by main, once.
#pragma once

#include <iosfwd>

#include "agent/core/time.h"

namespace vitals {

// Each broker frozen so many times in a lane of its own, until liveness fails: not ready in 3 s at
// p99, alive for 60 s, plus or minus 5.
bool MeasureDetection(int hangs, std::ostream& out);

// Mosquitto frozen again and again for 0.1 to 0.7 s: readiness never turns.
bool MeasureFlaps(Duration length, std::ostream& out);

}  // namespace vitals

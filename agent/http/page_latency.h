// The round trips of the last hour as a plot (median, p99, least to most, failed rounds) with the
// verdicts on the same axis below it. Time runs to the right; as long as the agent is young the
// axis is shorter than an hour. Pure, any thread.
#pragma once

#include <string>

#include "agent/core/past.h"

namespace vitals {

void AppendLatency(const Past& past, std::string* page);

}  // namespace vitals

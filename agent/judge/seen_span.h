// SeenSpan: what has lasted since a moment, as far as the agent was there to see it. A suspended or
// starved agent has seen nothing: its own absence must never look like a broker that stood still.
#pragma once

#include <algorithm>

#include "agent/core/time.h"

namespace vitals {

struct SeenSpan {
  Time since{};
  Duration missed{};

  void Miss(Duration length, Time now) { missed = std::min(missed + length, now - since); }
  // `until`: the newest tick, since only a tick tells whether the time before it was missed.
  Duration Seen(Time until) const { return std::max(Duration{}, until - since - missed); }
};

}  // namespace vitals

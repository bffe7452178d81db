// The time axis that the plots of the status page share: the shortest of a few spans that holds all
// there is, ending now. Its places are in units of a drawing 1000 wide. Pure, any thread.
#pragma once

#include <algorithm>
#include <array>
#include <string>

#include "agent/core/past.h"

namespace vitals {

struct TimeAxis {
  static constexpr double kWidth = 1000;

  Time end{};
  Duration span{};

  static TimeAxis For(const Past& past) {
    Time first = past.at;
    if (!past.verdicts.empty()) first = past.verdicts.front().at;
    for (const auto& series : past.round_trips) {
      if (!series.steps.empty()) first = std::min(first, series.steps.front().at);
    }
    using std::chrono::minutes;
    for (const Duration span :
         std::array<Duration, 4>{minutes(2), minutes(5), minutes(10), minutes(30)}) {
      if (past.at - first <= span) return {past.at, span};
    }
    return {past.at, kPastSpan};
  }

  double Place(Time at) const {
    return std::clamp(1 - Seconds(end - at) / Seconds(span), 0.0, 1.0) * kWidth;
  }
};

}  // namespace vitals

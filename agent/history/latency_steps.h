// LatencySteps: the round trips of one endpoint in steps of five seconds over the last hour. It
// keeps each time as one 32-bit number, so that percentiles of any stretch are exact, and drops the
// oldest step when there are more of them than it may keep.
//
// Owned by History, under its lock. Summarise works on a copy and needs no lock.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "agent/core/past.h"

namespace vitals {

class LatencySteps {
 public:
  static constexpr std::size_t kMaxTimes = 1 << 14;  // four a second for an hour and more

  void Add(Time at, std::optional<Duration> took);  // nothing = the round failed
  LatencySeries Summarise(std::string endpoint, Time now) const;

 private:
  struct Step {
    Time at{};
    std::uint32_t good = 0;
    std::uint32_t failed = 0;
  };

  void DropOld(Time now);

  std::deque<Step> steps_;
  std::deque<std::uint32_t> times_;  // microseconds; those of the first step first
};

}  // namespace vitals

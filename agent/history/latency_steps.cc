#include "agent/history/latency_steps.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace vitals {
namespace {

using std::chrono::microseconds;

std::uint32_t ToMicroseconds(Duration took) {
  constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(std::chrono::duration_cast<microseconds>(took).count(), 0, kMost));
}

// `times` is sorted on the way.
Latency Measure(std::vector<std::uint32_t>& times, std::uint32_t failed) {
  Latency latency;
  latency.good = static_cast<std::uint32_t>(times.size());
  latency.failed = failed;
  if (times.empty()) return latency;
  std::sort(times.begin(), times.end());
  const auto rank = [&](double share) {
    const double place = std::ceil(share * static_cast<double>(times.size()));
    return microseconds(times[static_cast<std::size_t>(place) - 1]);
  };
  latency.min = microseconds(times.front());
  latency.p50 = rank(0.5);
  latency.p99 = rank(0.99);
  latency.max = microseconds(times.back());
  return latency;
}

}  // namespace

void LatencySteps::Add(Time at, std::optional<Duration> took) {
  const Time begin = at - at.time_since_epoch() % kPastStep;
  // Evidence of several sources may be out of order by a hair: it goes into the newest step.
  if (steps_.empty() || steps_.back().at < begin) steps_.push_back({begin});
  if (took) {
    ++steps_.back().good;
    times_.push_back(ToMicroseconds(*took));
  } else {
    ++steps_.back().failed;
  }
  DropOld(at);
}

void LatencySteps::DropOld(Time now) {
  while (steps_.size() > 1 && (steps_.front().at + kPastSpan <= now || times_.size() > kMaxTimes)) {
    times_.erase(times_.begin(), times_.begin() + steps_.front().good);
    steps_.pop_front();
  }
  // More than an hour's worth within one step: the newest count.
  while (times_.size() > kMaxTimes) {
    times_.pop_front();
    --steps_.front().good;
  }
}

LatencySeries LatencySteps::Summarise(std::string endpoint, Time now) const {
  LatencySeries series{std::move(endpoint), {}, {}};
  std::vector<std::uint32_t> all;
  std::uint32_t failed = 0;
  auto next = times_.begin();
  for (const Step& step : steps_) {
    std::vector<std::uint32_t> times(next, next + step.good);
    next += step.good;
    if (step.at + kPastSpan <= now) continue;
    all.insert(all.end(), times.begin(), times.end());
    failed += step.failed;
    series.steps.push_back({step.at, Measure(times, step.failed)});
  }
  series.whole = Measure(all, failed);
  return series;
}

}  // namespace vitals

#include "agent/replay_answer.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace vitals {
namespace {

constexpr std::size_t kStartup = 0, kReadiness = 1, kLiveness = 2;

// Not ready by intention, or because the agent itself could not tell: no mistake about delivery.
constexpr std::array<std::string_view, 8> kMeant{"stopping",      "draining",  "overloaded",
                                                 "storage_fault", "fault",     "ports_closed",
                                                 "agent_fault",   "agent_late"};

struct LivenessFailure {
  Stretch when;
  bool came_back = false;  // by itself: without a new boot
};

std::vector<LivenessFailure> Failures(const std::vector<VerdictChange>& changes, Time end) {
  std::vector<LivenessFailure> failures;
  bool failing = false;
  for (const VerdictChange& change : changes) {
    const bool ok = change.now.verdicts[kLiveness].ok;
    if (!ok && !failing) failures.push_back({{change.now.at, end}});
    if (ok && failing) {
      failures.back().when.to = change.now.at;
      failures.back().came_back = change.now.verdicts[kStartup].ok;
    }
    failing = !ok;
  }
  return failures;
}

bool Overlap(const Stretch& a, const Stretch& b) { return a.from <= b.to && b.from <= a.to; }

bool HasMatch(const LivenessFailure& failure, const std::vector<LivenessFailure>& others) {
  return std::any_of(others.begin(), others.end(), [&](const LivenessFailure& other) {
    return Overlap(failure.when, other.when);
  });
}

bool IsWrong(const RecordedVerdict& readiness, bool delivers) {
  if (readiness.ok == delivers) return false;
  return readiness.ok || std::find(kMeant.begin(), kMeant.end(), readiness.reason) == kMeant.end();
}

Duration WrongReadiness(const std::vector<VerdictChange>& changes, const ReplayedLife& life) {
  Duration wrong{};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const Stretch said{changes[i].now.at,
                       i + 1 < changes.size() ? changes[i + 1].now.at : life.end};
    for (const Truth& truth : life.truth) {
      if (!IsWrong(changes[i].now.verdicts[kReadiness], truth.delivers)) continue;
      const Time from = std::max(said.from, truth.when.from);
      const Time to = std::min(said.to, truth.when.to);
      wrong += std::max(Duration{}, to - from);
    }
  }
  return wrong;
}

}  // namespace

ReplayAnswer& ReplayAnswer::operator+=(const ReplayAnswer& other) {
  recorded_failures += other.recorded_failures;
  replayed_failures += other.replayed_failures;
  avoided += other.avoided;
  missed += other.missed;
  undecided += other.undecided;
  added += other.added;
  recorded_wrong += other.recorded_wrong;
  replayed_wrong += other.replayed_wrong;
  return *this;
}

ReplayAnswer Answer(const ReplayedLife& life) {
  const auto recorded = Failures(life.recorded, life.end);
  const auto replayed = Failures(life.replayed, life.end);
  ReplayAnswer answer;
  answer.recorded_failures = static_cast<int>(recorded.size());
  answer.replayed_failures = static_cast<int>(replayed.size());
  answer.recorded_wrong = WrongReadiness(life.recorded, life);
  answer.replayed_wrong = WrongReadiness(life.replayed, life);
  if (!life.recorded_verdicts) return answer;
  for (const LivenessFailure& failure : recorded) {
    if (HasMatch(failure, replayed)) continue;
    constexpr Duration kJustBefore = std::chrono::seconds(2);
    const Stretch end{failure.when.to - kJustBefore, failure.when.to};
    if (failure.came_back) {
      ++answer.avoided;
    } else if (std::any_of(life.counting.begin(), life.counting.end(),
                           [&](const Stretch& counted) { return Overlap(counted, end); })) {
      ++answer.undecided;
    } else {
      ++answer.missed;
    }
  }
  for (const LivenessFailure& failure : replayed) {
    if (!HasMatch(failure, recorded)) ++answer.added;
  }
  return answer;
}

}  // namespace vitals

#include "agent/judge/boot.h"

#include <algorithm>

namespace vitals {
namespace {

// A connection lost so shortly before the boot line belongs to the same restart: the line waits in
// the broker's buffers and in our poll interval.
constexpr Duration kSameRestart = std::chrono::seconds(30);

}  // namespace

Boot::Boot(const Profile& profile) { Use(profile); }

void Boot::Use(const Profile& profile) {
  has_identity_lines_ =
      std::any_of(profile.rules.begin(), profile.rules.end(),
                  [](const Rule& rule) { return rule.life_cycle == LifeCycle::kIdentified; });
}

void Boot::BeginAt(Time at) {
  began_ = at;
  ProgressSeen(at);
}

void Boot::ProgressSeen(Time at) { quiet_ = stuck_ = {at}; }

void Boot::Missed(Duration length, Time now) {
  quiet_.Miss(length, now);
  stuck_.Miss(length, now);
}

void Boot::Begin(Time at, LifeCycle phase, bool by_log) {
  phase_ = phase;
  by_log_ = by_log;
  evidenced_ = true;
  BeginAt(at);
  candidate_.reset();
  lost_at_.reset();
  process_seen_ = false;
}

bool Boot::Adopt() {
  if (!candidate_ || !candidate_->identified || !lost_at_) return false;
  if (*lost_at_ + kSameRestart < candidate_->began) return false;
  const Candidate next = *candidate_;
  Begin(next.began, next.phase, true);
  return true;
}

bool Boot::Fold(const LogEvent& event, Time at) {
  LineSeen(at);
  const Rule& rule = *event.rule;
  if (rule.progress) ProgressSeen(at);
  const LifeCycle next = rule.life_cycle;
  if (next == LifeCycle::kNone) return false;

  if (next == LifeCycle::kBooting) {
    // While the present boot works, a boot line alone proves nothing.
    const bool alive = phase_ == LifeCycle::kStarted && !event.look_back;
    if (!alive) {
      // The refusal of the ports may have begun this boot already: the line only names it.
      const bool begun = evidenced_ && !by_log_ && phase_ == LifeCycle::kBooting;
      Begin(at, LifeCycle::kBooting, true);
      return !begun;
    }
    candidate_ = Candidate{at, LifeCycle::kBooting, !has_identity_lines_};
    return Adopt();
  }
  if (candidate_) {
    if (next == LifeCycle::kBootCancelled) {
      candidate_.reset();
      foreign_seen_ = true;
      return false;
    }
    if (next == LifeCycle::kIdentified) candidate_->identified = true;
    if (next <= LifeCycle::kStarted) {
      candidate_->phase = std::max(candidate_->phase, next);
      return Adopt();
    }
    // A stop line can be the old boot's: it was the one that worked.
  }
  // Refused ports can be seen before the stop line that explains them: it ends the old boot, not
  // the one that the refusal has begun.
  if (next >= LifeCycle::kStopping && evidenced_ && !by_log_ && phase_ == LifeCycle::kBooting) {
    return false;
  }
  if (next >= LifeCycle::kStopping && at < deaf_until_) return false;
  by_log_ = true;
  if (next >= LifeCycle::kStopping && phase_ < LifeCycle::kStopping) stopping_since_ = at;
  if (next > phase_) phase_ = next;
  return false;
}

void Boot::ProvenByMqtt() {
  if (phase_ < LifeCycle::kStarted) phase_ = LifeCycle::kStarted;
}

void Boot::Contradict(Time at) {
  phase_ = LifeCycle::kStarted;
  deaf_until_ = at + std::chrono::hours(1);
}

bool Boot::StandingLost(Time at) {
  lost_at_ = at;
  return Adopt();
}

bool Boot::ProcessReplaced(Time started) {
  // The log, or the refusal of the ports, may have told of it already. A line comes after the start
  // of its process, a refusal before it.
  constexpr Duration kClockTick = std::chrono::seconds(1);
  const auto after = [&](Time began) { return began + kClockTick >= started; };
  if (evidenced_ && (!process_seen_ || after(began_))) {
    process_seen_ = true;
    return false;
  }
  // A boot line that was a candidate only is that of this process.
  const bool told = candidate_ && after(candidate_->began);
  const Candidate next = told ? *candidate_ : Candidate{started};
  Begin(next.began, next.phase, told);
  process_seen_ = true;
  return true;
}

bool Boot::AllRefused(Time since) {
  lost_at_ = since;
  if (Adopt()) return true;
  if (evidenced_ && phase_ == LifeCycle::kBooting) return false;  // begun already
  Begin(since, LifeCycle::kBooting, false);
  return true;
}

}  // namespace vitals

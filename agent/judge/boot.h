// Boot: the life of one incarnation of the broker as the log tells it, and the decision when one
// incarnation ends and the next begins. Within a boot the order of life-cycle lines is monotone:
// "started" after "shutting down" changes nothing.
//
// A boot line that appears while the present boot still works may come from a second instance that
// shares the log and will give up. It stays a candidate until it has its identity and our standing
// connection was lost.
//
// Owned by the Judge, its thread only.
#pragma once

#include <optional>

#include "agent/core/evidence.h"
#include "agent/core/profile.h"
#include "agent/judge/saved.h"
#include "agent/judge/seen_span.h"

namespace vitals {

class Boot {
 public:
  explicit Boot(const Profile& profile);

  // Each returns true when a new incarnation has begun with this call.
  bool Fold(const LogEvent& event, Time at);
  bool StandingLost(Time at);          // the standing connection was lost or opened anew
  bool AllRefused(Time since);         // every wanted port refuses and no connection is left
  bool ProcessReplaced(Time started);  // another process than before, since then

  void ProcessSeen() { process_seen_ = true; }  // the first in this agent's life
  void ProvenByMqtt();                          // every wanted endpoint works: the boot is over
  // Clients get in and messages return long after a stop line: it was a mistake, or forged. The
  // phase goes back, and stop lines count for nothing for an hour.
  void Contradict(Time at);
  bool contradicted(Time now) const { return now < deaf_until_; }
  void LineSeen(Time at) { quiet_ = {at}; }  // any line of the log, matched or not
  void Missed(Duration length, Time now);    // so much time has passed unseen

  LifeCycle phase() const { return phase_; }
  bool by_log() const { return by_log_; }        // a life-cycle line of this boot was seen
  bool evidenced() const { return evidenced_; }  // we know that a boot began, by log or by refusal
  bool foreign_seen() const { return foreign_seen_; }  // a second instance gave up in our log
  Time began() const { return began_; }
  Time last_line() const { return quiet_.since; }
  // For how long the log has been silent, or without progress, as far as anybody has listened.
  Duration Quiet(Time now) const { return quiet_.Seen(now); }
  Duration Stuck(Time now) const { return stuck_.Seen(now); }
  Time stopping_since() const { return stopping_since_; }  // phase kStopping or later
  void BeginAt(Time at);                                   // the agent's own start
  void Use(const Profile& profile);                        // the same broker, its rules found again

  Json Save(const Saving& saving) const;
  void Resume(const Json& saved, const Resuming& resuming);

 private:
  struct Candidate {
    Time began{};
    LifeCycle phase = LifeCycle::kBooting;
    bool identified = false;
  };
  void Begin(Time at, LifeCycle phase, bool by_log);
  void ProgressSeen(Time at);
  bool Adopt();

  bool has_identity_lines_ = false;
  LifeCycle phase_ = LifeCycle::kNone;
  bool by_log_ = false;
  bool evidenced_ = false;
  bool foreign_seen_ = false;
  bool process_seen_ = false;  // the process of this boot was
  Time began_{}, stopping_since_{};
  SeenSpan quiet_, stuck_;  // since the last line, since the last progress
  Time deaf_until_{};       // stop lines are ignored until then
  std::optional<Candidate> candidate_;
  std::optional<Time> lost_at_;  // when the standing connection was last lost
};

}  // namespace vitals

// Truth: what a model broker really does, and so what the verdicts may say, must say and must never
// say. The world tells it what happens. It holds every snapshot against that: each turn of a
// verdict at once, and how things stand at each tick.
//
// It reckons with clocks of its own, in time that the agent has lived through, and knows nothing of
// how the judge works. One thread.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "tests/support/judge/scenario.h"

namespace vitals {

class Truth {
 public:
  // The broker from now on. `works`: every path; `moves`: it takes or sends bytes on some path;
  // `answers`: it sends some; `gone`: every port is refused.
  struct Broker {
    bool works = true;
    bool moves = true;
    bool answers = true;
    bool gone = false;
    bool blind = false;  // its end of our connections can't be seen
  };
  void Set(const Broker& broker);
  void Line(const std::string& rule);           // of the broker's log
  void Excuse(Time until);                      // liveness is held, or a shutdown is under way
  void Alarm(bool stands) { alarm_ = stands; }  // something that only readiness may heed
  void OthersServed(bool served) { served_ = served; }
  void FatalLine(bool stands) { fatal_ = stands; }
  void AgentRestarted(Duration away);
  void AgentSuspended(Duration length);
  void LogGap() { gap_ = true; }

  void See(const Evidence& evidence, const Snapshot& snapshot);
  const std::string& wrong() const { return wrong_; }  // the first thing that was; empty = nothing

 private:
  struct Seen {
    bool startup = false, ready = false, live = true, would_fail = false;
  };
  void Reckon(const Tick& tick, Time now);
  bool MayFail() const;
  bool MustFail() const;
  void CheckEdges(const Seen& seen, const Verdict& readiness);
  void CheckReadyEdge(const Verdict& readiness);
  void CheckStates(const Seen& seen);
  void Wrong(const std::string& what);

  Broker broker_;
  bool alarm_ = false, served_ = false, fatal_ = false, gap_ = false;
  bool told_ = true;      // the log has told of this boot
  bool silent_ = false;   // the last trouble was silence: no refusal, no reset
  bool booting_ = false;  // the broker was gone, and has not worked since
  Time excused_until_{}, now_{}, ticked_{}, last_down_{};
  // In time that the agent has lived through:
  Duration unmoved_{}, unanswered_{}, fatal_for_{}, quiet_{}, without_progress_{}, gone_for_{};
  Duration works_for_{}, troubled_for_{}, since_restart_{std::chrono::hours(1)};
  Duration attentive_for_{};  // since a tick that was late or missed
  Duration late_{};
  std::deque<Time> charged_;  // failures that the kill budget has paid for
  std::optional<Seen> before_;
  std::string down_check_;  // what readiness failed by last
  std::string wrong_;
};

}  // namespace vitals

// Silence: the two clocks of liveness, and the budget of failures that liveness may announce.
//
// The read clock runs since the broker last took or sent a byte, the answer clock since it last
// sent one. Both stand still while one of the agent's own loops is late: a starved or suspended
// agent has not listened, so the silence it did not hear proves nothing.
//
// Owned by the Judge, its thread only.
#pragma once

#include <deque>

#include "agent/core/evidence.h"
#include "agent/judge/endpoint.h"
#include "agent/judge/saved.h"

namespace vitals {

class SilenceClocks {
 public:
  // A loop that overran its promise by more than this makes the agent deaf.
  static constexpr Duration kLate = std::chrono::milliseconds(200);

  void Fold(Contact contact);
  // Returns how much of the time since the last tick the agent has missed: nothing may be said to
  // have lasted through that.
  Duration Advance(Time now, const Tick& tick);
  void Restart();

  Duration read() const { return read_; }
  Duration answer() const { return answer_; }
  bool late() const { return late_; }
  Time last_tick() const { return last_tick_; }
  // The agent has been here at `now`, and for so long before it: what it looks at every 10 s is
  // not older than its absence.
  bool Attentive(Time now, Duration length) const {
    return now - last_tick_ <= kLongestTick &&
           (back_since_ == Time{} || now - back_since_ >= length);
  }
  // How much of the read clock an earlier process has counted, and this one has not seen.
  Duration inherited() const { return inherited_; }

  Json Save() const;
  void Resume(const Json& saved);

 private:
  // The judge's own tick counts as a loop: a jump over several ticks was not lived through.
  static constexpr Duration kLongestTick = std::chrono::milliseconds(500);

  Duration read_{}, answer_{}, inherited_{};
  Duration absent_{};  // missed in one run
  Time last_tick_{};
  Time back_since_{};
  bool ticked_ = false;
  bool late_ = false;
};

// How many pass -> fail edges may still be announced within the window.
class KillBudget {
 public:
  KillBudget(int units, Duration window) : units_(units), window_(window) {}
  bool Spend(Time at);  // false: exhausted, nothing was spent
  int Left(Time now) const;

  Json Save(Time now, const MachineTime& machine) const;
  void Resume(const Json& saved, Time now, const MachineTime& machine);

 private:
  int units_;
  Duration window_;
  std::deque<Time> spent_;
};

}  // namespace vitals

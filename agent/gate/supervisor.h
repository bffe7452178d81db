// Supervisor: keeps one worker running. It decides when to start it, when it hangs, when to give it
// up, and with which code the whole program ends; it does nothing itself but through its Hands.
//
//   a worker that ended is started again at once, then after 0.1, 0.2 ... 5 s; after 2 s of
//   heartbeats the next time is "at once" again
//   a worker that ends with kEndForReload makes room for one with a new configuration: the next
//   one starts at once, and nothing is counted
//   the third in a row gets nothing of what its predecessors left: that may be what kills them
//   hung = no heartbeat for 2 s (5 s before its first) between ticks that came on time: a gate that
//   was starved or suspended itself has not watched anybody
//   three crashes by its own fault while the same source was at work: that source is left out of
//   the next workers for 10 minutes
//
// Owned by the gate, one thread; time is what it is told. It knows no process and no page.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "agent/core/condition.h"
#include "agent/core/time.h"

namespace vitals {

// Exit code of a worker that has taken a new configuration in.
inline constexpr int kEndForReload = 64;

// How a worker ended.
struct WorkerEnd {
  int code = 0;                   // of its exit; -1 if a signal ended it
  int signal = 0;                 // 0 if it exited
  std::optional<Source> crashed;  // what was at work when it crashed by its own fault
};

// What a Supervisor may do. Implemented by the gate, and by tests.
class WorkerHands {
 public:
  virtual ~WorkerHands() = default;
  // With the heartbeat at 0. False = not now: no process to be had. Signals that are sent to it
  // before it can hear them wait.
  virtual bool Spawn() = 0;
  virtual void Signal(int signal) = 0;
  // The next worker starts without what the last one left for it.
  virtual void Forget() = 0;
  // The next worker has a new configuration.
  virtual void Reloaded() = 0;
  virtual void LeaveOut(Source source, Time until) = 0;
  virtual void Tell(const char* text, const WorkerEnd& end, Duration pause) = 0;
};

class Supervisor {
 public:
  static constexpr Duration kTick = std::chrono::milliseconds(100);
  // While heartbeats come and nothing else is awaited: a gate that looks more often costs more.
  static constexpr Duration kCalmTick = std::chrono::milliseconds(500);

  Supervisor(WorkerHands& hands, Duration linger, Time now);

  // At next_tick, or earlier, and after each of the others.
  void Tick(std::int64_t heartbeat, Time now);
  void Ended(const WorkerEnd& end, Time now);
  void Stop(int signal, Time now);  // asked to end: the signal goes on to the worker
  void Reload();

  Time next_tick() const { return last_tick_ + Pause(); }
  bool beating() const { return beats_since_.has_value(); }
  // Set once the program has to end.
  std::optional<int> exit_code() const { return exit_code_; }

 private:
  void Spawn(Time now);
  Duration Pause() const;
  void Watch(std::int64_t heartbeat, Duration listened, Time now);
  void CountCrash(Source source, Time now);

  WorkerHands& hands_;
  const Duration linger_;
  Time last_tick_;
  bool running_ = false;
  bool reload_due_ = false;          // asked for while no worker ran
  Time start_at_;                    // when not running: the next attempt
  int attempts_ = 0;                 // since the last 2 s of heartbeats
  std::int64_t heartbeat_ = 0;       // newest
  Duration silent_{};                // listened for a newer one, and heard none
  bool hung_ = false;                // and so it was killed
  std::optional<Time> beats_since_;  // they have come without a break
  bool ever_beat_ = false;
  std::optional<Source> crashed_;  // of the last crash ...
  int crashes_ = 0;                // ... how often in a row ...
  Time crashed_at_{};              // ... and when
  std::optional<Time> kill_at_;    // while stopping
  std::optional<int> exit_code_;
};

}  // namespace vitals

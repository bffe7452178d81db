#include "agent/gate/supervisor.h"

#include <algorithm>
#include <csignal>
#include <utility>

namespace vitals {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kHung = seconds(2);
constexpr Duration kNeverBeat = seconds(5);
constexpr Duration kSteady = seconds(2);
constexpr Duration kLongestPause = seconds(5);
constexpr int kSameCrashes = 3;
constexpr Duration kLeftOut = std::chrono::minutes(10);
// Added to linger, so that the whole program ends within 2 s of a signal.
constexpr Duration kEndPatience = milliseconds(1500);

// 0, 0.1, 0.2, 0.4 ... 5 s
Duration PauseAfter(int attempts) {
  if (attempts == 0) return Duration{};
  return std::min<Duration>(kLongestPause, milliseconds(100) * (1 << std::min(attempts - 1, 10)));
}

}  // namespace

Supervisor::Supervisor(WorkerHands& hands, Duration linger, Time now)
    : hands_(hands), linger_(linger), last_tick_(now), start_at_(now) {
  Spawn(now);
}

void Supervisor::Spawn(Time now) {
  silent_ = {};
  heartbeat_ = 0;
  hung_ = false;
  running_ = hands_.Spawn();
  if (!running_) {
    start_at_ = now + PauseAfter(++attempts_);
  } else if (std::exchange(reload_due_, false)) {
    hands_.Signal(SIGHUP);
  }
}

Duration Supervisor::Pause() const {
  const bool calm =
      beats_since_ && silent_ == Duration{} && last_tick_ - *beats_since_ >= kSteady && !kill_at_;
  return calm ? kCalmTick : kTick;
}

void Supervisor::Tick(std::int64_t heartbeat, Time now) {
  const Duration passed = now - last_tick_;
  const bool on_time = passed <= Pause() + kTick;
  const bool due = passed >= kTick;
  if (due) last_tick_ = now;
  if (exit_code_) return;
  if (kill_at_ && now >= *kill_at_) {
    hands_.Signal(SIGKILL);
    exit_code_ = 0;
  } else if (running_) {
    if (due) Watch(heartbeat, on_time ? passed : Duration{}, now);
  } else if (now >= start_at_) {
    Spawn(now);
  }
}

void Supervisor::Watch(std::int64_t heartbeat, Duration listened, Time now) {
  if (heartbeat != 0 && heartbeat != heartbeat_) {
    heartbeat_ = heartbeat;
    silent_ = {};
    ever_beat_ = true;
    if (!beats_since_) beats_since_ = now;
    if (now - *beats_since_ >= kSteady) attempts_ = 0;
    return;
  }
  silent_ += listened;
  if (!hung_ && silent_ >= (beats_since_ ? kHung : kNeverBeat)) {
    hung_ = true;
    beats_since_.reset();
    hands_.Tell("the worker hangs and is killed", {}, {});
    hands_.Signal(SIGKILL);
  }
}

void Supervisor::Ended(const WorkerEnd& end, Time now) {
  running_ = false;
  beats_since_.reset();
  if (kill_at_) {
    exit_code_ = std::max(end.code, 0);
    return;
  }
  if (end.code == kEndForReload) {
    hands_.Reloaded();
    start_at_ = now;
    return Spawn(now);
  }
  // It could not even begin, and has said why: it would not fare better the next time.
  if (!ever_beat_ && (end.code == 1 || end.code == 2)) {
    exit_code_ = end.code;
    return;
  }
  if (end.crashed) CountCrash(*end.crashed, now);
  const Duration pause = PauseAfter(attempts_++);
  if (attempts_ >= kSameCrashes) hands_.Forget();
  hands_.Tell("the worker ended", end, pause);
  start_at_ = now + pause;
  if (pause == Duration{}) Spawn(now);
}

void Supervisor::CountCrash(Source source, Time now) {
  if (crashed_ != source || now - crashed_at_ > kLeftOut) crashes_ = 0;
  crashed_ = source;
  crashed_at_ = now;
  if (++crashes_ < kSameCrashes) return;
  crashes_ = 0;
  hands_.LeaveOut(source, now + kLeftOut);
}

void Supervisor::Stop(int signal, Time now) {
  if (!running_) {
    exit_code_ = 0;
    return;
  }
  hands_.Signal(signal);
  if (!kill_at_) kill_at_ = now + linger_ + kEndPatience;
}

void Supervisor::Reload() {
  if (running_) return hands_.Signal(SIGHUP);
  reload_due_ = true;
}

}  // namespace vitals

#include "agent/pump.h"

#include <pthread.h>

#include <algorithm>

#include "agent/machine_time.h"

namespace vitals {

Pump::Pump(const Settings& settings, std::shared_ptr<const Profile> profile, Time began,
           const Clock& clock, EvidenceQueue& queue)
    : clock_(clock), queue_(queue), judge_(settings, std::move(profile), began) {}

std::string Pump::Save() const { return judge_.Save(ReadMachineTime()); }

std::string Pump::SavePromises(bool with_drain) const {
  return judge_.SavePromises(ReadMachineTime(), with_drain);
}

void Pump::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void Pump::Stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void Pump::Show(const Evidence& evidence) {
  const SnapshotPtr snapshot = judge_.Fold(evidence);
  for (const Output& output : outputs_) output(evidence, snapshot);
}

void Pump::Run(const std::stop_token& stop) {
  pthread_setname_np(pthread_self(), "judge");
  Time next_tick = clock_.Now();
  Time last_tick = next_tick;  // when it was due
  while (!stop.stop_requested()) {
    queue_.Promise(Source::kJudge, next_tick);
    // In the order of their arrival: each source stamps its own evidence a hair before it puts it.
    const auto pieces = queue_.TakeAll(next_tick);
    for (const Evidence& piece : pieces) Show(piece);
    const Time now = clock_.Now();
    // What has just come may be the end of a calm.
    next_tick = std::min(next_tick, last_tick + judge_.TickPause());
    if (now < next_tick) continue;
    Tick tick;
    tick.wall = clock_.Wall();
    tick.late = queue_.Late(now);
    Show({now, tick});
    // After a stall the missed ticks are not made up for: they were not lived through.
    const Duration pause = judge_.TickPause();
    last_tick = std::max(next_tick, now - pause / 2);
    next_tick = last_tick + pause;
  }
}

}  // namespace vitals

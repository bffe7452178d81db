#include "agent/pump.h"

#include <pthread.h>

#include <algorithm>

#include "agent/machine_time.h"

namespace vitals {
namespace {

constexpr Duration kTick = std::chrono::milliseconds(100);

}  // namespace

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
  while (!stop.stop_requested()) {
    queue_.Promise(Source::kJudge, next_tick);
    // In the order of their arrival: each source stamps its own evidence a hair before it puts it.
    const auto pieces = queue_.TakeAll(next_tick);
    for (const Evidence& piece : pieces) Show(piece);
    const Time now = clock_.Now();
    if (now < next_tick) continue;
    Tick tick;
    tick.wall = clock_.Wall();
    tick.late = queue_.Late(now);
    Show({now, tick});
    // After a stall the missed ticks are not made up for: they were not lived through.
    next_tick = std::max(next_tick + kTick, now + kTick / 2);
  }
}

}  // namespace vitals

#include "probes/log/log_probe.h"

#include <pthread.h>

#include <utility>

namespace vitals {

LogProbe::LogProbe(const LogSettings& settings,
                   std::vector<std::shared_ptr<const Profile>> candidates, Clock& clock,
                   EvidenceSink& sink, const std::string& state_dir)
    : clock_(clock), sink_(sink), engine_(settings, std::move(candidates), sink, state_dir) {}

LogProbe::~LogProbe() { Stop(); }

void LogProbe::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
  pthread_setname_np(thread_.native_handle(), "log");
}

void LogProbe::Stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void LogProbe::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const Duration pause = engine_.Turn(clock_.Now());
    sink_.Promise(Source::kLog, clock_.Now() + pause);
    if (pause == Duration::zero()) continue;
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, pause, [] { return false; });
  }
}

}  // namespace vitals

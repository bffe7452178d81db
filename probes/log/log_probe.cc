#include "probes/log/log_probe.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

namespace vitals {
namespace {

// Folders that appear later are found so soon.
constexpr Duration kWatchAgain = std::chrono::seconds(1);
// The rules are compiled in it.
constexpr Duration kFirstTurn = std::chrono::seconds(2);

std::vector<std::string> WatchedPaths(
    const LogSettings& settings, const std::vector<std::shared_ptr<const Profile>>& candidates) {
  std::vector<std::string> paths = settings.paths;
  if (!paths.empty()) return paths;
  for (const auto& profile : candidates) {
    paths.insert(paths.end(), profile->log_paths.begin(), profile->log_paths.end());
  }
  return paths;
}

}  // namespace

LogProbe::LogProbe(const LogSettings& settings,
                   std::vector<std::shared_ptr<const Profile>> candidates, Clock& clock,
                   EvidenceSink& sink, const std::string& state_dir, CompleteProfile complete)
    : clock_(clock),
      sink_(sink),
      watched_(WatchedPaths(settings, candidates)),
      shortest_(settings.poll_min),
      engine_(settings, std::move(candidates), sink, state_dir, std::move(complete)) {}

LogProbe::~LogProbe() { Stop(); }

void LogProbe::Start() {
  // A loop that stands still in its first turn has promised nothing itself.
  sink_.Promise(Source::kLog, clock_.Now() + kFirstTurn);
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
  pthread_setname_np(thread_.native_handle(), "log");
}

void LogProbe::Stop() {
  thread_.request_stop();
  bell_.Ring();
  if (thread_.joinable()) thread_.join();
}

void LogProbe::Run(const std::stop_token& stop) {
  Time watch_at{};
  bool rang = false;
  while (!stop.stop_requested()) {
    const Time now = clock_.Now();
    if (now >= watch_at) {
      bell_.Watch(watched_);
      watch_at = now + kWatchAgain;
    }
    const Duration pause = engine_.Turn(now, rang);
    sink_.Promise(Source::kLog, clock_.Now() + pause);
    if (pause == Duration::zero()) continue;
    rang = bell_.Sleep(pause);
    // A log that is written to all the time shall not cost a turn for each line.
    const Duration rest = now + std::min(pause, shortest_) - clock_.Now();
    if (rest > Duration::zero()) std::this_thread::sleep_for(rest);
  }
}

}  // namespace vitals

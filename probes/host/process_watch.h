// ProcessWatch: one look at the broker's process after another. While it is known and busy a look
// is one read of /proc/PID/stat; idle, also those of some of its threads. It is searched for only
// while it is unknown, and ever more seldom then.
//
// Owned by HostProbe, its thread only. Judges nothing.
#pragma once

#include <optional>
#include <string>

#include "agent/core/process_look.h"
#include "probes/host/process_finder.h"
#include "probes/host/process_stat.h"

namespace vitals {

class ProcessWatch {
 public:
  static constexpr Duration kFirstPause = std::chrono::seconds(5);
  static constexpr Duration kLongestPause = std::chrono::seconds(60);
  static constexpr double kIdle = 0.01;  // of a core
  static constexpr int kThreads = 64;    // looked at in one look; the next look goes on from there

  explicit ProcessWatch(ProcessFinder finder) : finder_(std::move(finder)) {}

  // `since_boot`: CLOCK_BOOTTIME, on which processes start.
  ProcessLook Look(Time now, Duration since_boot);

 private:
  std::optional<ProcessStat> Known(Time now);
  std::optional<ProcessStat> Search(Time now);
  ProcessIdentity Owner(const ProcessStat& stat) const;
  bool AnyThreadWaitsForDisk(std::int32_t pid);

  const ProcessFinder finder_;
  std::optional<ProcessIdentity> known_;
  ProcessIdentity owner_;
  bool by_name_ = false;  // not found by its socket yet
  std::string name_;      // of the newest one that was known
  std::string trouble_;
  Time search_at_{};
  Duration pause_ = kFirstPause;
  std::optional<Time> last_look_;  // at the known one
  std::uint64_t last_ticks_ = 0;
  std::string last_thread_;
};

}  // namespace vitals

// LogEngine: one turn of following the broker's log: look where the paths lead, learn which broker
// it is if that is not known, read what is new, put an event for each rule that fires, and report
// progress. It holds no thread and no clock; LogProbe gives it both, tests drive it by hand.
//
// Owned by LogProbe, its thread only. Each turn is bounded (kTurnBytes); it never folds rules into
// conditions, and never judges by the age of a line.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/evidence.h"
#include "agent/core/profile.h"
#include "agent/core/settings.h"
#include "agent/core/time.h"
#include "probes/log/detect.h"
#include "probes/log/matcher.h"
#include "probes/log/tailer.h"

namespace vitals {

class LogEngine final : private LineSink {
 public:
  static constexpr std::size_t kTurnBytes = 1 << 20;
  static constexpr std::size_t kLineInEvent = 1024;
  static constexpr Duration kProgressMin = std::chrono::milliseconds(250);
  static constexpr Duration kProgressMax = std::chrono::seconds(1);

  // One candidate: that is the broker. Several: the log tells, and until then no rule fires.
  LogEngine(const LogSettings& settings, std::vector<std::shared_ptr<const Profile>> candidates,
            EvidenceSink& sink);

  // Returns after how long the next turn is due; zero = there is more to read.
  Duration Turn(Time now);

 private:
  void OnLine(std::string_view line, bool look_back) override;
  bool BeginsBoot(std::string_view line) override;

  void Choose(ProfileChosen chosen);
  void Detect();
  void ReportProgress();

  const LogSettings settings_;
  EvidenceSink& sink_;
  std::optional<ProfileChosen> given_;  // announced in the first turn
  std::optional<Detector> detector_;    // while the profile is not known
  std::optional<Matcher> matcher_;
  std::string broken_profile_;
  Tailer tailer_;
  Time now_{};
  Duration pause_;
  std::optional<Time> behind_since_;
  std::uint64_t lines_ = 0;
  std::uint64_t matched_ = 0;
  std::optional<Time> reported_at_;
  LogProgress reported_;
};

}  // namespace vitals

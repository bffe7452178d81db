// LogEngine: one turn of following the broker's log: look where the paths lead, learn which broker
// it is if that is not known, read what is new, put an event for each rule that fires, and report
// progress. It holds no thread and no clock; LogProbe gives it both, tests drive it by hand.
//
// With log.reclaim it also frees what was read: first it saves, in the state folder, how far it is
// and what the log told in this boot; the next life of the agent goes on from there.
//
// Owned by LogProbe, its thread only. Each turn is bounded (kTurnBytes); it never folds rules into
// conditions, and never judges by the age of a line.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/evidence.h"
#include "agent/core/profile.h"
#include "agent/core/settings.h"
#include "agent/core/time.h"
#include "probes/log/boot_memory.h"
#include "probes/log/detect.h"
#include "probes/log/entry_context.h"
#include "probes/log/log_state.h"
#include "probes/log/matcher.h"
#include "probes/log/tailer.h"

namespace vitals {

// The whole profile where a candidate is but an outline, without rules. Called on the log's thread.
using CompleteProfile =
    std::function<std::shared_ptr<const Profile>(const std::shared_ptr<const Profile>&)>;

class LogEngine final : private LineSink {
 public:
  static constexpr std::size_t kTurnBytes = 1 << 20;
  static constexpr std::size_t kLineInEvent = 1024;
  static constexpr std::uint64_t kFreeStep = 1 << 20;
  static constexpr Duration kProgressMin = std::chrono::milliseconds(250);
  static constexpr Duration kProgressMax = std::chrono::seconds(1);

  // One candidate: that is the broker. Several: the log tells, and until then no rule fires.
  // `state_dir` is used with log.reclaim only; `complete` for the one of several that was chosen.
  LogEngine(const LogSettings& settings, std::vector<std::shared_ptr<const Profile>> candidates,
            EvidenceSink& sink, const std::string& state_dir = {}, CompleteProfile complete = {});

  // Returns after how long the next turn is due; zero = there is more to read. `announced`: it was
  // said that something was written. As long as all that comes was announced, turns are seldom.
  Duration Turn(Time now, bool announced = false);

 private:
  void OnLine(std::string_view line, const LineOrigin& origin) override;
  bool BeginsBoot(std::string_view line) override;

  void Choose(ProfileChosen chosen);
  void Detect();
  void Recall();
  void Emit(const Rule& rule, std::string line,
            std::vector<std::pair<std::string, std::string>> captures, bool look_back);
  void PutContext();
  void SaveAndFree();
  void ReportProgress();

  const LogSettings settings_;
  EvidenceSink& sink_;
  const CompleteProfile complete_;
  std::optional<ProfileChosen> given_;  // announced in the first turn
  std::optional<ProfileChosen> known_;  // to an earlier life, if its files are found again
  std::optional<Detector> detector_;    // while the profile is not known
  std::optional<Matcher> matcher_;
  std::optional<EntryContext> entry_;  // of the newest line that fired; set with matcher_
  const Rule* entry_rule_ = nullptr;
  LineOrigin entry_origin_;
  std::string broken_profile_;
  Tailer tailer_;
  std::string state_file_;         // empty = nothing is freed
  std::optional<LogState> state_;  // of an earlier life, until it is used
  BootMemory memory_;
  std::pair<std::size_t, std::uint64_t> saved_files_;  // open, and rotations, at the last save
  std::string state_trouble_;
  Time last_read_{};
  Time now_{};
  Duration pause_;
  bool announced_ = false;  // what was read last
  std::optional<Time> behind_since_;
  std::uint64_t lines_ = 0;
  std::uint64_t matched_ = 0;
  std::optional<Time> reported_at_;
  LogProgress reported_;
};

}  // namespace vitals

// TransitionLog: writes what changed, never what was merely looked at: verdicts, conditions, faults
// of the agent, the profile, events of the broker's log and trouble with that log; and with a
// failure of liveness, or one that only a hold, the budget or the mode prevents, all that decided
// it.
//
// Owned by the composition root; the pump's thread only: Observe with each piece of evidence, then
// Publish with the snapshot that came of it. Lines of the broker, which may hold client ids and
// topics, are left out unless OutputSettings::broker_lines is set.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "agent/core/evidence.h"
#include "agent/core/settings.h"
#include "agent/core/snapshot.h"
#include "agent/log/fields.h"
#include "agent/log/rate_limit.h"

namespace vitals {

class TransitionLog {
 public:
  TransitionLog(const OutputSettings& settings, LogWriter write);

  void Observe(const Evidence& evidence);
  void Publish(const Snapshot& snapshot);

 private:
  using ConditionKey = std::pair<ConditionType, std::string>;

  void Write(std::string_view key, Time now, LogLevel level, std::string_view text, Fields fields);

  void Note(const LogEvent& event, Time now);
  void Note(const LogProgress& progress, Time now);
  void Note(const ProfileChosen& chosen, Time now);
  void Note(const Command& command, Time now);
  void Note(const ConfigurationRead& read, Time now);
  void Note(const ProcessLook& look, Time now);
  void NoteQuietKeys(Time now);

  void PublishAsked(const Snapshot& snapshot);
  void PublishVerdict(const Snapshot& snapshot, std::size_t index, std::string_view name,
                      const Verdict& verdict);
  void PublishFailure(const Snapshot& snapshot);
  void PublishConditions(const Snapshot& snapshot);
  void PublishAgentFaults(const Snapshot& snapshot);

  const bool broker_lines_;
  const LogWriter write_;
  RateLimit limit_;

  std::array<std::optional<bool>, 3> verdicts_;  // as last written
  std::map<ConditionKey, Status> conditions_;
  std::set<FailReason> agent_faults_;
  std::shared_ptr<const FailureEvidence> failure_;
  bool draining_ = false;
  bool held_ = false;
  std::string trouble_;
  std::optional<ProcessLook> process_;
  std::string config_trouble_;
  std::uint64_t gaps_ = 0;
};

}  // namespace vitals

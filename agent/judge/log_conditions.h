// LogConditions: the conditions that rules of the profile set and clear (Busy, Overloaded, Faulted,
// Clustered, Stopping), with their counts, windows, quiet times and lives. All clocks of rules are
// kept here: the follower only says which rule fired.
//
// Owned by the Judge, its thread only.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/evidence.h"
#include "agent/core/profile.h"
#include "agent/judge/saved.h"

namespace vitals {

struct LogCondition {
  ConditionType type = ConditionType::kFaulted;
  std::string subject;
  Affects affects = Affects::kInformation;
  bool set = false;
  Time since{};       // last change
  Time first_line{};  // of the present run of lines
  Time last_line{};
  std::optional<Time> held_until;  // kHoldsLiveness: the bound of the hold
  std::optional<Duration> after_quiet, ttl;
  std::optional<Time> clears_at;  // a line that clears it came; one that sets it takes this back
  std::string rule;               // that set it last
  std::optional<Duration> contradicted_after;
  bool contradicted = false;  // MQTT has proven it wrong, and it was dropped
  std::string message;
  bool worked_before = false;  // a connection worked when its line came

  void End(Time at) {
    set = false;
    since = at;
  }
};

class LogConditions {
 public:
  // Applies the effects of a fired rule. `worked`: some connection worked at this moment;
  // `message`: what its conditions say to people.
  void Fold(const LogEvent& event, Time at, bool worked, const std::string& message);
  // A line of the broker about one of its listeners: Faulted/`subject` stands from "could not open"
  // until "opened".
  void FoldListener(ListenerLine line, const std::string& subject, Time at,
                    const std::string& message);
  // Lets quiet times and lives run out.
  void Advance(Time now);
  // The first reaction to bytes that were sent after its line ends a hold.
  void Answered(Time sent_at);
  // Drops what newer MQTT evidence has contradicted for longer than the profile allows, and ignores
  // its rule for an hour. `worked_after`: whether everything has worked at a moment and since.
  void Contradict(Time now, bool forgeable, const std::function<bool(Time)>& worked_after);
  // Drops a fault that spoke for a restart, once nothing fails any more.
  void Recover(Time now, const std::function<bool(Time)>& recovered_since);
  // What the log of an old boot set does not hold for a new one.
  void NewBoot() { conditions_.clear(); }
  void EndBefore(Time moment);  // the same for a boot that began then and is noticed now

  // How often time alone, or what MQTT showed, has ended a condition.
  std::uint64_t ended() const { return ended_; }
  const LogCondition* Holding(Time now) const;      // the hold on liveness that stands now, or null
  const LogCondition* Find(Affects affects) const;  // a set condition that affects this, or null
  const LogCondition* Find(ConditionType type, Affects affects) const;
  const std::map<std::pair<ConditionType, std::string>, LogCondition>& all() const {
    return conditions_;
  }

  Json Save(const Saving& saving) const;
  void Resume(const Json& saved, const Resuming& resuming);

 private:
  bool CountReached(const Rule& rule, Time at);
  LogCondition* Apply(const Effect& effect, Time at, bool worked, const std::string& message);
  void Clear(const Effect& effect, Time at, const std::string& message);
  bool Ignored(const std::string& rule, Time at) const;

  std::map<std::pair<ConditionType, std::string>, LogCondition> conditions_;
  std::uint64_t ended_ = 0;
  std::map<const Rule*, std::deque<Time>> counts_;
  std::map<const Rule*, Time> muted_until_;
  std::map<std::string, Time> ignored_until_;  // by the id of the rule
};

}  // namespace vitals

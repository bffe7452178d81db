// RulesSession: what a log tells by the rules of one profile, line after line, for `rules test`:
// the Matcher of the agent, the life cycle and the conditions folded as the judge folds them, and
// what was covered. Time is that of the stamps in lines that matter; where there are none it stands
// still, and it never steps back.
//
// Owned by the command, one thread. A log on its own proves no connection: the lines are judged as
// in a look-back, where a boot line begins a boot.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/profile.h"
#include "agent/judge/boot.h"
#include "agent/judge/log_conditions.h"
#include "agent/rules_level.h"
#include "probes/log/matcher.h"

namespace vitals {

class RulesSession {
 public:
  static constexpr std::size_t kExamples = 10;

  RulesSession(std::shared_ptr<const Profile> profile, Matcher matcher, Matcher::Captures captures);

  // The rules that fire, with their effects folded; valid until the next call. `place`, FILE:LINE,
  // is made only when it is needed.
  template <typename MakePlace>
  const std::vector<Matcher::Hit>& Take(std::string_view line, MakePlace&& place) {
    ++lines_;
    const std::vector<Matcher::Hit>& hits = matcher_.Match(line, captures_);
    if (hits.empty()) {
      if (IsWarning(line)) NoteWarning(line, place);
      return hits;
    }
    ++matched_;
    for (const Matcher::Hit& hit : hits) {
      ++hit_count_[static_cast<std::size_t>(hit.rule - profile_->rules.data())];
      if (Folds(*hit.rule)) Fold(*hit.rule, line, place());
    }
    return hits;
  }

  // Is the condition that this effect sets or clears set now?
  bool IsSet(const Effect& effect) const;
  // Those that are set at the time of the last line.
  std::vector<LogCondition> Conditions();

  std::uint64_t lines() const { return lines_; }
  std::uint64_t matched() const { return matched_; }
  std::uint64_t unmatched_warnings() const { return unmatched_warnings_; }
  const std::vector<std::string>& examples() const { return examples_; }  // "FILE:LINE: TEXT"
  std::vector<std::string> RulesNeverHit() const;
  LifeCycle stage() const { return boot_.phase(); }
  const Profile& profile() const { return *profile_; }

 private:
  static bool Folds(const Rule& rule) {
    return rule.life_cycle != LifeCycle::kNone || !rule.effects.empty();
  }
  void Fold(const Rule& rule, std::string_view line, std::string place);

  template <typename MakePlace>
  void NoteWarning(std::string_view line, MakePlace& place) {
    ++unmatched_warnings_;
    if (examples_.size() < kExamples) examples_.push_back(place() + ": " + std::string(line));
  }

  std::shared_ptr<const Profile> profile_;
  Matcher matcher_;
  const Matcher::Captures captures_;
  Boot boot_;
  LogConditions conditions_;
  Time now_{};
  std::uint64_t lines_ = 0;
  std::uint64_t matched_ = 0;
  std::uint64_t unmatched_warnings_ = 0;
  std::vector<std::uint64_t> hit_count_;  // for each rule of the profile
  std::vector<std::string> examples_;
};

}  // namespace vitals

#include "agent/rules_session.h"

#include <algorithm>
#include <utility>

#include "agent/core/evidence.h"
#include "agent/rules_stamp.h"

namespace vitals {

RulesSession::RulesSession(std::shared_ptr<const Profile> profile, Matcher matcher,
                           Matcher::Captures captures)
    : profile_(std::move(profile)),
      matcher_(std::move(matcher)),
      captures_(captures),
      boot_(*profile_),
      hit_count_(profile_->rules.size(), 0) {}

void RulesSession::Fold(const Rule& rule, std::string_view line, std::string place) {
  if (const auto stamp = ReadStamp(line)) now_ = std::max(now_, *stamp);
  conditions_.Advance(now_);
  LogEvent event;
  event.rule = &rule;
  event.look_back = true;
  if (boot_.Fold(event, now_)) conditions_.NewBoot();
  // Unlike in a look-back the time of each line is known, so windows and lives run.
  event.look_back = false;
  conditions_.Fold(event, now_, true, rule.event + " (rule " + rule.id + ", " + place + ")");
}

bool RulesSession::IsSet(const Effect& effect) const {
  const auto found = conditions_.all().find({effect.condition, effect.subject});
  return found != conditions_.all().end() && found->second.set;
}

std::vector<LogCondition> RulesSession::Conditions() {
  conditions_.Advance(now_);
  std::vector<LogCondition> set;
  for (const auto& [key, condition] : conditions_.all()) {
    if (condition.set) set.push_back(condition);
  }
  return set;
}

std::vector<std::string> RulesSession::RulesNeverHit() const {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < hit_count_.size(); ++i) {
    if (hit_count_[i] == 0) ids.push_back(profile_->rules[i].id);
  }
  return ids;
}

}  // namespace vitals

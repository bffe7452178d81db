#include "agent/judge/log_conditions.h"

namespace vitals {
namespace {

// A broker that closes its ports has closed them after this.
constexpr Duration kClosingTakes = std::chrono::seconds(15);
// In a log that clients can write into, what MQTT does not confirm holds at most so long.
constexpr Duration kUnconfirmed = std::chrono::minutes(30);
constexpr Duration kIgnored = std::chrono::hours(1);

}  // namespace

bool LogConditions::CountReached(const Rule& rule, Time at) {
  if (rule.mute_for) {
    const auto muted = muted_until_.find(&rule);
    if (muted != muted_until_.end() && at < muted->second) return false;
  }
  if (rule.count > 1) {
    auto& times = counts_[&rule];
    times.push_back(at);
    while (rule.within && at - times.front() > *rule.within) times.pop_front();
    if (times.size() < static_cast<std::size_t>(rule.count)) return false;
    times.clear();
  }
  if (rule.mute_for) muted_until_[&rule] = at + *rule.mute_for;
  return true;
}

void LogConditions::Fold(const LogEvent& event, Time at, bool worked, const std::string& message) {
  // Old lines all carry the time of the look-back: neither a window nor a life may run on them.
  const Rule& rule = *event.rule;
  if (event.look_back ? rule.count > 1 : !CountReached(rule, at)) return;
  for (Effect effect : rule.effects) {
    const bool clocked = effect.ttl || effect.after_quiet || effect.hold_max;
    if (event.look_back && clocked) {
      if (effect.kind == Effect::Kind::kSet) continue;
      effect.after_quiet.reset();  // what would set it again follows at once
    }
    if (effect.kind == Effect::Kind::kSet && Ignored(rule.id, at)) continue;
    if (LogCondition* set = Apply(effect, at, worked, message)) set->rule = rule.id;
  }
}

bool LogConditions::Ignored(const std::string& rule, Time at) const {
  const auto ignored = ignored_until_.find(rule);
  return ignored != ignored_until_.end() && at < ignored->second;
}

void LogConditions::FoldListener(ListenerLine line, const std::string& subject, Time at,
                                 const std::string& message) {
  Effect effect;
  effect.kind = line == ListenerLine::kFailed ? Effect::Kind::kSet : Effect::Kind::kClear;
  effect.subject = subject;
  Apply(effect, at, false, message);
}

LogCondition* LogConditions::Apply(const Effect& effect, Time at, bool worked,
                                   const std::string& message) {
  if (effect.kind == Effect::Kind::kClear) {
    Clear(effect, at, message);
    return nullptr;
  }
  LogCondition& condition = conditions_[{effect.condition, effect.subject}];
  if (!condition.set) {
    condition.set = true;
    condition.since = condition.first_line = at;
    condition.worked_before = worked;
  }
  condition.type = effect.condition;
  condition.subject = effect.subject;
  condition.affects = effect.affects;
  condition.last_line = at;
  condition.after_quiet = effect.after_quiet;
  condition.ttl = effect.ttl;
  condition.clears_at.reset();
  condition.contradicted = false;
  condition.contradicted_after = effect.contradicted_after;
  if (effect.hold_max) condition.held_until = condition.first_line + *effect.hold_max;
  condition.message = message;
  return &condition;
}

void LogConditions::Clear(const Effect& effect, Time at, const std::string& message) {
  const auto found = conditions_.find({effect.condition, effect.subject});
  if (found == conditions_.end() || !found->second.set) return;
  LogCondition& condition = found->second;
  if (effect.after_quiet) {
    if (!condition.clears_at) condition.clears_at = at + *effect.after_quiet;
    return;
  }
  condition.End(at);
  condition.message = message;
}

void LogConditions::EndBefore(Time moment) {
  std::erase_if(conditions_, [&](const auto& one) { return one.second.last_line < moment; });
}

void LogConditions::Advance(Time now) {
  for (auto& [key, condition] : conditions_) {
    if (!condition.set) continue;
    const bool quiet = condition.after_quiet && now - condition.last_line >= *condition.after_quiet;
    const bool over = condition.ttl && now - condition.first_line >= *condition.ttl;
    const bool hold_over = condition.held_until && now >= *condition.held_until;
    const bool cleared = condition.clears_at && now >= *condition.clears_at;
    if (!quiet && !over && !hold_over && !cleared) continue;
    condition.End(now);
    ++ended_;
  }
}

void LogConditions::Contradict(Time now, bool forgeable,
                               const std::function<bool(Time)>& worked_after) {
  for (auto& [key, condition] : conditions_) {
    if (!condition.set) continue;
    const bool closed = condition.affects == Affects::kPortsClosed;
    const bool may_be_wrong = condition.contradicted_after || closed;
    const Duration allowed = condition.contradicted_after.value_or(kClosingTakes);
    // Lines that a client can repeat at will do not make it last longer.
    const bool unconfirmed = forgeable && condition.affects != Affects::kInformation &&
                             now - condition.first_line >= kUnconfirmed &&
                             worked_after(now - kClosingTakes);
    const bool proven = may_be_wrong && worked_after(condition.last_line + allowed);
    if (!unconfirmed && !proven) continue;
    condition.End(now);
    ++ended_;
    condition.contradicted = true;
    condition.message = "MQTT works, whatever the log says: " + condition.message;
    ignored_until_[condition.rule] = now + kIgnored;
  }
}

void LogConditions::Recover(Time now, const std::function<bool(Time)>& recovered_since) {
  for (auto& [key, condition] : conditions_) {
    if (!condition.set || condition.affects != Affects::kSupportsRestart) continue;
    if (!recovered_since(condition.last_line)) continue;
    condition.End(now);
    ++ended_;
  }
}

void LogConditions::Answered(Time sent_at) {
  for (auto& [key, condition] : conditions_) {
    if (condition.set && condition.affects == Affects::kHoldsLiveness &&
        sent_at > condition.last_line) {
      condition.End(sent_at);
    }
  }
}

const LogCondition* LogConditions::Holding(Time now) const {
  for (const auto& [key, condition] : conditions_) {
    if (condition.set && condition.affects == Affects::kHoldsLiveness && condition.worked_before &&
        condition.held_until && now < *condition.held_until) {
      return &condition;
    }
  }
  return nullptr;
}

const LogCondition* LogConditions::Find(Affects affects) const {
  for (const auto& [key, condition] : conditions_) {
    if (condition.set && condition.affects == affects) return &condition;
  }
  return nullptr;
}

const LogCondition* LogConditions::Find(ConditionType type, Affects affects) const {
  for (const auto& [key, condition] : conditions_) {
    if (condition.set && condition.type == type && condition.affects == affects) return &condition;
  }
  return nullptr;
}

}  // namespace vitals

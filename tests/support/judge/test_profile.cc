#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

Rule MakeRule(const std::string& id, LifeCycle life_cycle) {
  Rule rule;
  rule.id = rule.event = id;
  rule.life_cycle = life_cycle;
  return rule;
}

Rule MakeRule(const std::string& id, Effect effect) {
  Rule rule;
  rule.id = rule.event = id;
  rule.effects.push_back(std::move(effect));
  return rule;
}

Effect Set(ConditionType type, std::string subject, Affects affects) {
  Effect effect;
  effect.condition = type;
  effect.subject = std::move(subject);
  effect.affects = affects;
  return effect;
}

Effect Clear(ConditionType type, std::string subject) {
  Effect effect = Set(type, std::move(subject), Affects::kInformation);
  effect.kind = Effect::Kind::kClear;
  return effect;
}

}  // namespace

std::shared_ptr<Profile> Scenario::TestProfile() {
  auto profile = std::make_shared<Profile>();
  profile->name = "test";
  profile->forgeable = false;
  profile->proven = true;
  auto& rules = profile->rules;
  rules.push_back(MakeRule("booting", LifeCycle::kBooting));
  rules.push_back(MakeRule("identified", LifeCycle::kIdentified));
  rules.push_back(MakeRule("started", LifeCycle::kStarted));
  rules.push_back(MakeRule("stopping", LifeCycle::kStopping));
  rules.push_back(MakeRule("stopped", LifeCycle::kStopped));
  rules.push_back(MakeRule("cancelled", LifeCycle::kBootCancelled));
  rules.push_back(MakeRule("listener_failed", LifeCycle::kNone));
  rules.back().listener = ListenerLine::kFailed;
  rules.push_back(MakeRule("listener_opened", LifeCycle::kNone));
  rules.back().listener = ListenerLine::kOpened;
  rules.push_back(MakeRule("progress", LifeCycle::kNone));
  rules.back().progress = true;
  Effect save = Set(ConditionType::kBusy, "save", Affects::kHoldsLiveness);
  save.hold_max = 180s;
  rules.push_back(MakeRule("save", save));
  rules.push_back(MakeRule("saved", Clear(ConditionType::kBusy, "save")));
  rules.push_back(MakeRule("storage", Set(ConditionType::kFaulted, "storage", Affects::kStorage)));
  rules.push_back(MakeRule("storage_good", Clear(ConditionType::kFaulted, "storage")));
  Effect saving = Clear(ConditionType::kFaulted, "storage");
  saving.after_quiet = 60s;
  rules.push_back(MakeRule("saving", saving));
  rules.push_back(
      MakeRule("overload", Set(ConditionType::kOverloaded, "memory", Affects::kReadiness)));
  rules.push_back(MakeRule("overload_over", Clear(ConditionType::kOverloaded, "memory")));
  rules.push_back(
      MakeRule("out_of_memory", Set(ConditionType::kFaulted, "memory", Affects::kSupportsRestart)));
  rules.push_back(
      MakeRule("maintenance", Set(ConditionType::kStopping, "maintenance", Affects::kPortsClosed)));
  rules.push_back(
      MakeRule("peers_back", Set(ConditionType::kClustered, "members", Affects::kInformation)));
  rules.push_back(MakeRule("peers_missing", Clear(ConditionType::kClustered, "members")));
  rules.push_back(
      MakeRule("thrice", Set(ConditionType::kOverloaded, "thrice", Affects::kReadiness)));
  rules.back().count = 3;
  rules.back().within = 10s;
  Effect alarm = Set(ConditionType::kOverloaded, "alarm", Affects::kReadiness);
  alarm.contradicted_after = 20s;
  rules.push_back(MakeRule("alarm", alarm));
  Effect quiet = Set(ConditionType::kOverloaded, "quiet", Affects::kReadiness);
  quiet.after_quiet = 30s;
  rules.push_back(MakeRule("quiet", quiet));
  Effect brief = Set(ConditionType::kOverloaded, "brief", Affects::kReadiness);
  brief.ttl = 20s;
  rules.push_back(MakeRule("brief", brief));
  return profile;
}

}  // namespace vitals

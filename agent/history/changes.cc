#include "agent/history/changes.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace vitals {
namespace {

PastEvent VerdictEvent(std::string_view name, Severity when_failing, const Verdict& is, Time at) {
  PastEvent event;
  event.at = at;
  event.kind = PastEvent::Kind::kVerdict;
  event.severity = is.ok ? Severity::kInfo : when_failing;
  event.name = name;
  event.was = is.ok ? "fail" : "pass";
  event.is = is.ok ? "pass" : "fail";
  event.reason = Name(is.reason);
  event.message = is.message;
  return event;
}

const Condition* Find(const Snapshot& snapshot, const Condition& like) {
  const auto at = std::find_if(
      snapshot.conditions.begin(), snapshot.conditions.end(),
      [&](const Condition& one) { return one.type == like.type && one.subject == like.subject; });
  return at == snapshot.conditions.end() ? nullptr : &*at;
}

PastEvent ConditionEvent(const Condition& condition, Time at) {
  PastEvent event;
  event.at = at;
  event.kind = PastEvent::Kind::kCondition;
  event.name = Name(condition.type);
  event.subject = condition.subject;
  return event;
}

}  // namespace

std::vector<PastEvent> Changes(const Snapshot& before, const Snapshot& now) {
  std::vector<PastEvent> events;
  for (const Condition& condition : now.conditions) {
    const Condition* old = Find(before, condition);
    const Status was = old != nullptr ? old->status : Status::kUnknown;
    if (condition.status == was) continue;
    PastEvent event = ConditionEvent(condition, now.at);
    event.was = Name(was);
    event.is = Name(condition.status);
    event.reason = Name(condition.reason);
    event.message = condition.message;
    events.push_back(std::move(event));
  }
  for (const Condition& old : before.conditions) {
    if (Find(now, old) != nullptr) continue;
    PastEvent event = ConditionEvent(old, now.at);
    event.was = Name(old.status);
    event.message = "no longer reported";
    events.push_back(std::move(event));
  }
  const auto compare = [&](std::string_view name, Severity when_failing, const Verdict& was,
                           const Verdict& is) {
    if (was.ok != is.ok) events.push_back(VerdictEvent(name, when_failing, is, now.at));
  };
  compare("startup", Severity::kWarn, before.startup, now.startup);
  compare("readiness", Severity::kWarn, before.readiness, now.readiness);
  compare("liveness", Severity::kError, before.liveness, now.liveness);
  return events;
}

}  // namespace vitals

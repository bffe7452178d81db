#include "agent/http/grade.h"

#include <algorithm>

namespace vitals {
namespace {

// Reasons with which a passing check has nothing to say.
bool Plain(Reason reason) {
  return reason == Reason::kOk || reason == Reason::kWorks || reason == Reason::kAnnounced ||
         reason == Reason::kBooting;
}

}  // namespace

Grade GradeOf(const Check& check) {
  if (!check.ok) return Grade::kBad;
  return Plain(check.reason) ? Grade::kGood : Grade::kNotice;
}

Grade GradeOf(const Condition& condition) {
  if (condition.status == Status::kUnknown) return Grade::kUnknown;
  const bool is = condition.status == Status::kTrue;
  switch (condition.type) {
    case ConditionType::kStarted:
    case ConditionType::kAccepting:
    case ConditionType::kDelivering:
      return is ? Grade::kGood : Grade::kBad;
    case ConditionType::kClustered:
    case ConditionType::kObserved:  // of the agent: no fault of the broker
      return is ? Grade::kGood : Grade::kNotice;
    case ConditionType::kStopping:
    case ConditionType::kBusy:
    case ConditionType::kOverloaded:
    case ConditionType::kFaulted:  // readiness says whether it is bad
      return is ? Grade::kNotice : Grade::kGood;
  }
  return Grade::kUnknown;
}

Grade GradeOf(const Verdict& verdict) {
  if (!verdict.ok) return Grade::kBad;
  const bool plain = std::all_of(verdict.checks.begin(), verdict.checks.end(),
                                 [](const Check& check) { return GradeOf(check) == Grade::kGood; });
  return plain ? Grade::kGood : Grade::kNotice;
}

Grade GradeOf(const Snapshot& snapshot) {
  Grade grade = Grade::kGood;
  for (const Verdict* verdict : {&snapshot.startup, &snapshot.readiness, &snapshot.liveness}) {
    if (!verdict->ok) return Grade::kBad;
    if (GradeOf(*verdict) != Grade::kGood) grade = Grade::kNotice;
  }
  for (const Condition& condition : snapshot.conditions) {
    const Grade one = GradeOf(condition);
    if (one == Grade::kNotice || one == Grade::kBad) grade = Grade::kNotice;
  }
  return grade;
}

}  // namespace vitals

#include "agent/http/health_json.h"

#include <string>
#include <string_view>

#include "agent/http/grade.h"
#include "agent/http/json_text.h"

namespace vitals {
namespace {

using nlohmann::ordered_json;

std::string_view Word(Grade grade) {
  switch (grade) {
    case Grade::kGood:
      return "UP";
    case Grade::kNotice:
      return "DEGRADED";
    case Grade::kBad:
      return "DOWN";
    case Grade::kUnknown:
      break;
  }
  return "UNKNOWN";
}

ordered_json Component(Grade grade, Reason reason, const std::string& message) {
  return {{"status", Word(grade)}, {"reason", Name(reason)}, {"message", message}};
}

WebAnswer Answer(Grade grade, ordered_json components) {
  const ordered_json body{{"status", Word(grade)}, {"components", std::move(components)}};
  return {grade == Grade::kBad ? 503 : 200, "application/json", Dump(body)};
}

WebAnswer Group(const Verdict& verdict) {
  ordered_json components = ordered_json::object();
  for (const Check& check : verdict.checks) {
    components[check.name] = Component(GradeOf(check), check.reason, check.message);
  }
  return Answer(GradeOf(verdict), std::move(components));
}

// "accepting/mqtt-127.0.0.1-1883"
std::string ComponentName(const Condition& condition) {
  std::string name(Name(condition.type));
  name.front() = static_cast<char>(name.front() - 'A' + 'a');
  return condition.subject.empty() ? name : name + "/" + condition.subject;
}

}  // namespace

WebAnswer HealthAnswer(const Snapshot* snapshot) {
  if (snapshot == nullptr) return Answer(Grade::kBad, ordered_json::object());
  ordered_json components = ordered_json::object();
  const auto add = [&](const char* name, const Verdict& verdict) {
    components[name] = Component(GradeOf(verdict), verdict.reason, verdict.message);
  };
  add("startup", snapshot->startup);
  add("readiness", snapshot->readiness);
  add("liveness", snapshot->liveness);
  for (const Condition& condition : snapshot->conditions) {
    components[ComponentName(condition)] =
        Component(GradeOf(condition), condition.reason, condition.message);
  }
  return Answer(GradeOf(*snapshot), std::move(components));
}

WebAnswer LivenessAnswer(const Snapshot* snapshot) {
  if (snapshot == nullptr) return Answer(Grade::kUnknown, ordered_json::object());
  return Group(snapshot->liveness);
}

WebAnswer ReadinessAnswer(const Snapshot* snapshot) {
  if (snapshot == nullptr) return Answer(Grade::kBad, ordered_json::object());
  return Group(snapshot->readiness);
}

}  // namespace vitals

#include "agent/http/status_json.h"

#include <cmath>

#include "agent/core/wall_text.h"
#include "agent/http/json_text.h"

namespace vitals {
namespace {

using nlohmann::ordered_json;

// Milliseconds are what anyone can use of an age.
double Rounded(Duration duration) { return std::round(Seconds(duration) * 1000) / 1000; }

ordered_json Since(const Snapshot& snapshot, Time at) {
  return Anchor{snapshot.at, snapshot.wall}.Stamp(at);
}

// The keys are the same for all verdicts, so that one reader serves all; only liveness has clocks
// and a budget.
ordered_json VerdictJson(const Snapshot& snapshot, const Verdict& verdict) {
  ordered_json json{{"ok", verdict.ok},           {"reason", Name(verdict.reason)},
                    {"message", verdict.message}, {"since", Since(snapshot, verdict.since)},
                    {"would_fail", !verdict.ok},  {"fails_in_s", nullptr},
                    {"budget_left", nullptr}};
  if (&verdict != &snapshot.liveness) return json;
  const LivenessOutlook& outlook = snapshot.outlook;
  json["would_fail"] = outlook.would_fail;
  if (outlook.fails_in) json["fails_in_s"] = Rounded(*outlook.fails_in);
  json["budget_left"] = outlook.budget_left;
  return json;
}

ordered_json ConditionJson(const Snapshot& snapshot, const Condition& condition) {
  ordered_json age = nullptr;
  if (condition.evidence_at != Time{}) age = Rounded(snapshot.at - condition.evidence_at);
  return {{"type", Name(condition.type)},     {"subject", condition.subject},
          {"status", Name(condition.status)}, {"reason", Name(condition.reason)},
          {"message", condition.message},     {"since", Since(snapshot, condition.since)},
          {"evidence_age_s", std::move(age)}, {"source", Name(condition.source)}};
}

ordered_json CertificatesJson(const Snapshot& snapshot) {
  ordered_json certificates = ordered_json::array();
  for (const ProbeState& listener : snapshot.listeners) {
    if (!listener.certificate) continue;
    certificates.push_back({{"endpoint", listener.endpoint},
                            {"expires", WallText(listener.certificate->expires)},
                            {"trusted", listener.certificate->trusted},
                            {"name_ok", listener.certificate->name_ok}});
  }
  return certificates;
}

ordered_json DrainJson(const Snapshot& snapshot) {
  if (!snapshot.drain) return nullptr;
  return {{"since", Since(snapshot, snapshot.drain->since)}, {"by", snapshot.drain->by}};
}

ordered_json HoldJson(const Snapshot& snapshot) {
  if (!snapshot.hold) return nullptr;
  return {{"since", Since(snapshot, snapshot.hold->since)},
          {"until", Since(snapshot, snapshot.hold->until)},
          {"by", snapshot.hold->by},
          {"reason", snapshot.hold->reason}};
}

// Null until the first look; then either why it can't be seen, or what is.
ordered_json ProcessJson(const Snapshot& snapshot) {
  if (!snapshot.process) return nullptr;
  const ProcessLook& look = *snapshot.process;
  if (!look.trouble.empty()) return {{"visible", false}, {"trouble", look.trouble}};
  ordered_json cpu = nullptr;
  if (look.cpu) cpu = std::round(*look.cpu * 1000) / 1000;
  return {{"visible", true},
          {"pid", look.process.pid},
          {"age_s", Rounded(look.age)},
          {"cpu_cores", std::move(cpu)},
          {"disk_sleep", look.disk_sleep}};
}

}  // namespace

std::string StatusJson(const Snapshot* snapshot, std::string_view version) {
  Snapshot unknown;
  unknown.liveness.ok = true;  // as the probe front answers without a snapshot
  const Snapshot& known = snapshot != nullptr ? *snapshot : unknown;
  ordered_json conditions = ordered_json::array();
  for (const Condition& condition : known.conditions) {
    conditions.push_back(ConditionJson(known, condition));
  }
  const ordered_json json{{"version", version},
                          {"profile", known.profile},
                          {"verdicts",
                           {{"startup", VerdictJson(known, known.startup)},
                            {"readiness", VerdictJson(known, known.readiness)},
                            {"liveness", VerdictJson(known, known.liveness)}}},
                          {"drain", DrainJson(known)},
                          {"hold", HoldJson(known)},
                          {"conditions", std::move(conditions)},
                          {"certificates", CertificatesJson(known)},
                          {"process", ProcessJson(known)}};
  return Dump(json);
}

}  // namespace vitals

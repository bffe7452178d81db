#include "agent/http/page_outlook.h"

#include <algorithm>
#include <vector>

#include "agent/http/html.h"
#include "agent/http/page_grade.h"

namespace vitals {
namespace {

// The judge decides several times a second; a page older than this shows a judge that stands still.
constexpr Duration kStale = std::chrono::seconds(5);

bool Is(const Snapshot& snapshot, ConditionType type) {
  return std::any_of(snapshot.conditions.begin(), snapshot.conditions.end(),
                     [&](const Condition& condition) {
                       return condition.type == type && condition.status == Status::kTrue;
                     });
}

std::string Liveness(const Snapshot& snapshot) {
  const LivenessOutlook& outlook = snapshot.outlook;
  const Verdict& liveness = snapshot.liveness;
  if (!liveness.ok) {
    return "Kubernetes restarts the broker once its liveness probe has failed as often as "
           "<code>failureThreshold</code> says, unless the broker answers before that.";
  }
  if (outlook.would_fail) {
    return liveness.reason == Reason::kObserveMode
               ? "Nothing: liveness would fail, but the mode is <code>observe</code>."
               : "Nothing: liveness would fail, but the kill budget is spent. Somebody has to "
                 "look.";
  }
  if (outlook.fails_in) {
    const std::string when = AgeWords(*outlook.fails_in);
    if (liveness.reason == Reason::kHeld) {
      return "The log announced work that may take long. Liveness is held, and fails in <strong>" +
             when + "</strong> at the earliest unless the broker answers.";
    }
    return "Liveness fails in <strong>" + when + "</strong> unless " +
           (liveness.reason == Reason::kBooting ? "the boot moves on." : "the broker answers.");
  }
  if (snapshot.hold) {
    return "<strong>" + Escaped(snapshot.hold->by) + "</strong> holds liveness for another " +
           AgeWords(snapshot.hold->until - snapshot.at) + ": " + Escaped(snapshot.hold->reason) +
           ". No restart before that; <code>mqtt-vitals release</code> ends it.";
  }
  if (snapshot.drain) {
    return "Liveness passes while the drain lasts, which is bounded by "
           "<code>policy.drain_max</code>.";
  }
  return "Liveness passes and no clock runs against it: no restart is coming.";
}

std::string Readiness(const Snapshot& snapshot) {
  if (snapshot.drain) {
    return "<strong>" + Escaped(snapshot.drain->by) + "</strong> asked for a drain " +
           AgeWords(snapshot.at - snapshot.drain->since) +
           " ago: Kubernetes sends no new clients here until <code>mqtt-vitals undrain</code>.";
  }
  if (snapshot.readiness.ok) return "Readiness passes: Kubernetes sends clients here.";
  std::string text = "Kubernetes sends no new clients here until ";
  int count = 0;
  for (const Check& check : snapshot.readiness.checks) {
    if (check.ok) continue;
    if (count++ > 0) text += ", ";
    text += "<code>" + Escaped(check.name) + "</code>";
  }
  return text + (count == 1 ? " passes." : " pass.");
}

std::string AgentFaults(const Snapshot& snapshot) {
  std::string text = "The agent itself has a fault (";
  for (std::size_t i = 0; i < snapshot.agent_faults.size(); ++i) {
    if (i > 0) text += ", ";
    text.append("<code>").append(Name(snapshot.agent_faults[i])).append("</code>");
  }
  return text +
         "). It never counts against the broker, but until it is repaired the agent can not see "
         "whether messages come back.";
}

}  // namespace

Headline HeadlineOf(const Snapshot* snapshot) {
  if (snapshot == nullptr) return {Grade::kUnknown, "Nothing is known yet"};
  const Snapshot& s = *snapshot;
  if (!s.liveness.ok) return {Grade::kBad, "The broker is to be restarted"};
  if (s.drain) return {Grade::kNotice, "The broker is drained"};
  if (Is(s, ConditionType::kStopping)) return {Grade::kNotice, "The broker is stopping"};
  if (!s.startup.ok) return {Grade::kNotice, "The broker is starting"};
  if (!s.readiness.ok) {
    return s.outlook.fails_in || s.outlook.would_fail
               ? Headline{Grade::kBad, "The broker does not react"}
               : Headline{Grade::kBad, "Not ready for clients"};
  }
  if (!s.agent_faults.empty()) return {Grade::kNotice, "The agent is kept from looking"};
  if (GradeOf(s) != Grade::kGood) return {Grade::kNotice, "The broker works, with remarks"};
  return {Grade::kGood, "The broker works"};
}

void AppendOutlook(const PageInput& input, const Headline& headline, std::string* page) {
  page->append("<section class=\"hero ").append(GradeClass(headline.grade));
  page->append("\" aria-labelledby=\"now\">\n<h1 id=\"now\">");
  *page += Chip(headline.grade, headline.words) + "</h1>\n";
  if (input.snapshot == nullptr) {
    *page += "<p>The agent has not made its first judgement. Liveness passes until then.</p>\n";
  } else {
    const Snapshot& snapshot = *input.snapshot;
    if (!snapshot.readiness.ok) *page += "<p>" + Escaped(snapshot.readiness.message) + "</p>\n";
    *page += "<h2>What happens next</h2>\n<ul>\n<li>" + Liveness(snapshot) + "</li>\n<li>" +
             Readiness(snapshot) + "</li>\n";
    if (!snapshot.agent_faults.empty()) *page += "<li>" + AgentFaults(snapshot) + "</li>\n";
    if (input.now - snapshot.at > kStale) {
      *page += "<li>Caution: this is " + AgeWords(input.now - snapshot.at) +
               " old, the agent's judge stands still.</li>\n";
    }
    *page += "</ul>\n";
  }
  *page += "</section>\n";
}

}  // namespace vitals

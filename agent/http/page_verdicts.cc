#include "agent/http/page_verdicts.h"

#include <algorithm>
#include <string_view>

#include "agent/core/wall_text.h"
#include "agent/http/html.h"
#include "agent/http/page_grade.h"

namespace vitals {
namespace {

void AppendCheck(const Check& check, Time now, std::string* page) {
  *page += "<li>" + Chip(GradeOf(check), check.name) + " <span class=\"muted\">";
  if (check.evidence_at != Time{}) *page += AgeWords(now - check.evidence_at) + " ago";
  *page += "</span>";
  if (!check.message.empty()) *page += "<br>" + Escaped(check.message);
  *page += "</li>\n";
}

// What is not good is in sight, and says more than the verdict's own message; the rest is one click
// away.
void AppendChecks(const Verdict& verdict, Time now, std::string* page) {
  std::string open;
  std::string folded;
  int good = 0;
  for (const Check& check : verdict.checks) {
    const bool fine = GradeOf(check) == Grade::kGood;
    good += fine ? 1 : 0;
    AppendCheck(check, now, fine ? &folded : &open);
  }
  *page += "<p><code>" + std::string(Name(verdict.reason)) + "</code>";
  if (open.empty()) *page += " " + Escaped(verdict.message);
  *page += "</p>\n";
  if (!open.empty()) *page += "<ul class=\"checks\">\n" + open + "</ul>\n";
  if (!folded.empty()) {
    *page += "<details><summary>" + std::to_string(good) + " of " +
             std::to_string(verdict.checks.size()) +
             " checks are good</summary>\n<ul class=\"checks\">\n" + folded + "</ul></details>\n";
  }
}

struct Words {
  std::string_view name;
  std::string_view question;
  std::string_view yes;
  std::string_view no;
};

void AppendVerdict(const Snapshot& snapshot, const Verdict& verdict, const Words& words, Time now,
                   std::string* page) {
  const Grade grade = GradeOf(verdict);
  page->append("<article class=\"card ").append(GradeClass(grade)).append("\">\n<h3>");
  page->append(words.name).append(" <span class=\"muted\">").append(words.question);
  *page += "</span></h3>\n<p class=\"verdict\">" + Chip(grade, verdict.ok ? words.yes : words.no);
  if (verdict.since != Time{}) {
    const std::string since = WallText(snapshot.wall - (snapshot.at - verdict.since));
    *page += " <span class=\"muted since\">for " + AgeWords(now - verdict.since) + ", since " +
             since.substr(11, 8) + " UTC</span>";
  }
  *page += "</p>\n";
  AppendChecks(verdict, now, page);
  *page += "</article>\n";
}

}  // namespace

void AppendVerdicts(const Snapshot& snapshot, Time now, std::string* page) {
  *page +=
      "<section aria-labelledby=\"verdicts\">\n<h2 id=\"verdicts\">Verdicts</h2>\n"
      "<div class=\"cards\">\n";
  AppendVerdict(snapshot, snapshot.startup,
                {"Startup", "has it finished its boot?", "started", "not started"}, now, page);
  AppendVerdict(snapshot, snapshot.readiness,
                {"Readiness", "should it get clients?", "ready", "not ready"}, now, page);
  AppendVerdict(snapshot, snapshot.liveness,
                {"Liveness", "must it be restarted?", "alive", "restart it"}, now, page);
  *page += "</div>\n<p class=\"muted\">Failures of liveness that the kill budget still allows: " +
           std::to_string(snapshot.outlook.budget_left) + ".</p>\n</section>\n";
}

}  // namespace vitals

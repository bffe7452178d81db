#include "agent/http/page_conditions.h"

#include <string_view>

#include "agent/http/html.h"
#include "agent/http/page_grade.h"

namespace vitals {
namespace {

void AppendRow(const Condition& condition, Time now, std::string* page) {
  const auto cell = [&](std::string_view label, const std::string& html) {
    page->append("<td data-label=\"").append(label).append("\">").append(html).append("</td>");
  };
  std::string name(Name(condition.type));
  if (!condition.subject.empty()) {
    name += " <span class=\"subject\">" + Escaped(condition.subject) + "</span>";
  }
  *page += "<tr><th scope=\"row\">" + name + "</th>";
  cell("status", Chip(GradeOf(condition), Name(condition.status)));
  cell("why",
       "<code>" + std::string(Name(condition.reason)) + "</code> " + Escaped(condition.message));
  cell("for", condition.since == Time{} ? "-" : AgeWords(now - condition.since));
  cell("evidence", condition.evidence_at == Time{}
                       ? "none yet"
                       : AgeWords(now - condition.evidence_at) + " old");
  cell("source", std::string(Name(condition.source)));
  *page += "</tr>\n";
}

}  // namespace

void AppendConditions(const Snapshot& snapshot, Time now, std::string* page) {
  *page +=
      "<section aria-labelledby=\"conditions\">\n<h2 id=\"conditions\">Conditions</h2>\n"
      "<table class=\"panel stack\">\n<thead><tr><th scope=\"col\">condition</th>"
      "<th scope=\"col\">status</th><th scope=\"col\">why</th><th scope=\"col\">for</th>"
      "<th scope=\"col\">evidence</th><th scope=\"col\">source</th></tr></thead>\n<tbody>\n";
  for (const Condition& condition : snapshot.conditions) AppendRow(condition, now, page);
  *page += "</tbody>\n</table>\n</section>\n";
}

}  // namespace vitals

#include "agent/http/page_events.h"

#include <algorithm>
#include <string_view>

#include "agent/core/wall_text.h"
#include "agent/http/html.h"
#include "agent/http/page_grade.h"

namespace vitals {
namespace {

constexpr std::size_t kShown = 40;

Grade GradeOf(const PastEvent& event) {
  if (event.severity >= Severity::kError) return Grade::kBad;
  if (event.severity == Severity::kWarn) return Grade::kNotice;
  if (event.kind == PastEvent::Kind::kVerdict) {
    return event.is == "pass" ? Grade::kGood : Grade::kNotice;
  }
  const auto type = FindConditionType(event.name);
  if (event.kind != PastEvent::Kind::kCondition || !type) return Grade::kUnknown;
  Condition condition;
  condition.type = *type;
  if (event.is == Name(Status::kTrue)) condition.status = Status::kTrue;
  if (event.is == Name(Status::kFalse)) condition.status = Status::kFalse;
  return GradeOf(condition);
}

std::string What(const PastEvent& event) {
  std::string text = event.name;
  std::replace(text.begin(), text.end(), '_', ' ');
  if (!event.subject.empty()) text += " " + event.subject;
  if (event.kind == PastEvent::Kind::kBroker) return "log: " + text;
  if (!event.is.empty())
    text += event.was.empty() ? ": " + event.is : ": " + event.was + " → " + event.is;
  return text;
}

void AppendEvent(const PastEvent& event, const Past& past, std::string* page) {
  const std::string wall = WallText(past.wall - (past.at - event.at));
  page->append("<li class=\"").append(GradeClass(GradeOf(event))).append("\"><time datetime=\"");
  *page += wall + "\">" + wall.substr(11, 8) + "</time> <span><strong>" + Escaped(What(event)) +
           "</strong>";
  if (event.times > 1)
    *page += " <span class=\"muted\">× " + std::to_string(event.times) + "</span>";
  if (!event.reason.empty()) *page += " <code>" + Escaped(event.reason) + "</code>";
  if (!event.message.empty()) *page += "<br>" + Escaped(event.message);
  if (!event.context.empty()) *page += "<pre>" + Escaped(event.context) + "</pre>";
  *page += "</span></li>\n";
}

}  // namespace

void AppendEvents(const Past& past, std::string* page) {
  *page += "<section aria-labelledby=\"events\">\n<h2 id=\"events\">Events</h2>\n";
  if (past.events.empty()) {
    *page += "<p>Nothing has happened yet.</p>\n</section>\n";
    return;
  }
  *page += "<p class=\"muted\">Newest first, UTC.</p>\n<ol class=\"panel events\">\n";
  const std::size_t count = std::min(kShown, past.events.size());
  for (std::size_t i = 0; i < count; ++i) AppendEvent(past.events[i], past, page);
  *page += "</ol>\n";
  if (count < past.events.size()) {
    *page += "<p><a href=\"/api/v1/events\">" + std::to_string(past.events.size() - count) +
             " older events</a></p>\n";
  }
  *page += "</section>\n";
}

}  // namespace vitals

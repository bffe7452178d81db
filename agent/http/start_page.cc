#include "agent/http/start_page.h"

#include <initializer_list>

#include "agent/core/wall_text.h"
#include "agent/http/web_answer.h"

namespace vitals {
namespace {

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>mqtt-vitals</title>
<style>
body { font: 15px/1.4 sans-serif; margin: 2em; max-width: 70em; }
table { border-collapse: collapse; margin-bottom: 1.5em; }
th, td { text-align: left; padding: .2em .8em .2em 0; border-bottom: 1px solid #ccc; }
</style>
</head>
<body>
<h1>mqtt-vitals</h1>
)";

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

void AppendRow(std::string* page, std::string_view cell,
               std::initializer_list<std::string_view> texts) {
  *page += "<tr>";
  for (const auto text : texts) {
    page->append("<").append(cell).append(">").append(Escaped(text));
    page->append("</").append(cell).append(">");
  }
  *page += "</tr>\n";
}

std::string Since(const Snapshot& snapshot, Time at) {
  return at == Time{} ? "" : WallText(snapshot.wall - (snapshot.at - at));
}

void AppendVerdicts(std::string* page, const Snapshot& snapshot) {
  *page += "<h2>Verdicts</h2>\n<table>\n";
  AppendRow(page, "th", {"verdict", "", "reason", "message", "since"});
  const auto row = [&](std::string_view name, const Verdict& verdict) {
    AppendRow(page, "td",
              {name, verdict.ok ? "pass" : "fail", Name(verdict.reason), verdict.message,
               Since(snapshot, verdict.since)});
  };
  row("startup", snapshot.startup);
  row("readiness", snapshot.readiness);
  row("liveness", snapshot.liveness);
  *page += "</table>\n";
}

void AppendConditions(std::string* page, const Snapshot& snapshot) {
  *page += "<h2>Conditions</h2>\n<table>\n";
  AppendRow(page, "th", {"condition", "subject", "status", "reason", "message", "since", "source"});
  for (const Condition& condition : snapshot.conditions) {
    AppendRow(
        page, "td",
        {Name(condition.type), condition.subject, Name(condition.status), Name(condition.reason),
         condition.message, Since(snapshot, condition.since), Name(condition.source)});
  }
  *page += "</table>\n";
}

}  // namespace

std::string StartPage(const Snapshot* snapshot, std::string_view version,
                      std::span<const WebRoute> routes) {
  std::string page(kHead);
  page += "<p>Version " + Escaped(version);
  if (snapshot == nullptr) {
    page += ", nothing is known yet.</p>\n";
  } else {
    page += ", broker profile " + Escaped(snapshot->profile) + ", as of " +
            WallText(snapshot->wall) + ".</p>\n";
    AppendVerdicts(&page, *snapshot);
    AppendConditions(&page, *snapshot);
  }
  page += "<h2>Endpoints</h2>\n<ul>\n";
  for (const WebRoute& route : routes) {
    const auto path = Escaped(route.path);
    page += "<li><a href=\"" + path + "\">" + path + "</a> " + Escaped(route.meaning) + "</li>\n";
  }
  page += "</ul>\n</body>\n</html>\n";
  return page;
}

}  // namespace vitals

#include "agent/http/status_page.h"

#include "agent/core/wall_text.h"
#include "agent/http/html.h"
#include "agent/http/page_agent.h"
#include "agent/http/page_conditions.h"
#include "agent/http/page_events.h"
#include "agent/http/page_latency.h"
#include "agent/http/page_listeners.h"
#include "agent/http/page_outlook.h"
#include "agent/http/page_style.h"
#include "agent/http/page_verdicts.h"
#include "agent/http/web_answer.h"

namespace vitals {
namespace {

void AppendHead(const PageInput& input, std::string_view headline, std::string* page) {
  *page +=
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n";
  if (input.watching) *page += "<meta http-equiv=\"refresh\" content=\"5\">\n";
  page->append("<title>").append(headline).append(" · mqtt-vitals</title>\n");
  page->append("<style>").append(kPageStyle).append("</style>\n</head>\n<body>\n");
}

void AppendHeader(const PageInput& input, std::string* page) {
  *page += "<header>\n<p class=\"brand\">mqtt-vitals</p>\n<p>";
  if (input.snapshot != nullptr) {
    const std::string wall = WallText(input.snapshot->wall);
    *page += "Broker <strong>" + Escaped(input.snapshot->profile) +
             "</strong>, as of <time datetime=\"" + wall + "\">" + wall.substr(0, 10) + " " +
             wall.substr(11, 8) + " UTC</time>. ";
  }
  *page += input.watching ? "Refreshes every 5 s. <a href=\"/\">Stop</a>"
                          : "<a href=\"/watch\">Refresh every 5 s</a>";
  *page += "</p>\n</header>\n";
}

void AppendFooter(const PageInput& input, std::string* page) {
  *page += "<footer>\n<nav aria-label=\"Other pages\">\n<h2>More</h2>\n<ul>\n";
  for (const WebRoute& route : input.routes) {
    if (route.path == "/" || route.path == "/watch") continue;
    *page += "<li><a href=\"" + Escaped(route.path) + "\">" + Escaped(route.path) + "</a> " +
             Escaped(route.meaning) + "</li>\n";
  }
  *page += "</ul>\n</nav>\n</footer>\n";
}

}  // namespace

std::string StatusPage(const PageInput& input) {
  const Headline headline = HeadlineOf(input.snapshot);
  std::string page;
  AppendHead(input, headline.words, &page);
  AppendHeader(input, &page);
  page += "<main>\n";
  AppendOutlook(input, headline, &page);
  if (input.snapshot != nullptr) AppendVerdicts(*input.snapshot, input.now, &page);
  AppendLatency(input.past, &page);
  AppendListeners(input.snapshot, input.past, &page);
  if (input.snapshot != nullptr) AppendConditions(*input.snapshot, input.now, &page);
  AppendEvents(input.past, &page);
  AppendAgent(input, &page);
  page += "</main>\n";
  AppendFooter(input, &page);
  page += "</body>\n</html>\n";
  return page;
}

}  // namespace vitals

#include "agent/http/web_answer.h"

#include <array>

#include "agent/http/health_json.h"
#include "agent/http/json_text.h"
#include "agent/http/past_json.h"
#include "agent/http/status_json.h"
#include "agent/http/status_page.h"

namespace vitals {
namespace {

struct Route {
  WebRoute shown;
  WebAnswer (*answer)(const Sources& sources);
};

WebAnswer Text(int status, std::string body) { return {status, WebAnswer().type, std::move(body)}; }

WebAnswer Json(std::string body) { return {200, "application/json", std::move(body)}; }

WebAnswer Page(const Sources& sources, bool watching) {
  const SnapshotPtr snapshot = sources.snapshot();
  const Past past = sources.past();
  return {
      200, "text/html; charset=utf-8",
      StatusPage({snapshot.get(), past, sources.now(), sources.version, WebRoutes(), watching})};
}

WebAnswer Ready(const Sources& sources) {
  return sources.snapshot() == nullptr ? Text(503, "no judgement yet\n") : Text(200, "ok\n");
}

constexpr std::array kRoutes{
    Route{{"/", "the status page"}, [](const Sources& from) { return Page(from, false); }},
    Route{{"/watch", "the status page, anew every 5 s"},
          [](const Sources& from) { return Page(from, true); }},
    Route{{"/metrics", "metrics for Prometheus"},
          [](const Sources& from) {
            return WebAnswer{200, "text/plain; version=0.0.4; charset=utf-8", from.metrics()};
          }},
    Route{
        {"/api/v1/status", "verdicts and conditions"},
        [](const Sources& from) { return Json(StatusJson(from.snapshot().get(), from.version)); }},
    Route{{"/api/v1/events", "what happened, newest first"},
          [](const Sources& from) { return Json(EventsJson(from.past())); }},
    Route{{"/api/v1/history", "round trips and verdicts of the last hour"},
          [](const Sources& from) { return Json(HistoryJson(from.past())); }},
    Route{{"/api/v1/config", "the configuration in force, without secrets"},
          [](const Sources& from) { return Json(Dump({{"yaml", from.config}})); }},
    Route{{"/api/v1/health", "health of the broker, all in all"},
          [](const Sources& from) { return HealthAnswer(from.snapshot().get()); }},
    Route{{"/api/v1/health/liveness", "must it be restarted?"},
          [](const Sources& from) { return LivenessAnswer(from.snapshot().get()); }},
    Route{{"/api/v1/health/readiness", "should it get clients?"},
          [](const Sources& from) { return ReadinessAnswer(from.snapshot().get()); }},
    Route{{"/-/healthy", "200 while the agent serves"},
          [](const Sources&) { return Text(200, "ok\n"); }},
    Route{{"/-/ready", "200 once the agent has made its first judgement"}, Ready},
};

constexpr auto kShown = [] {
  std::array<WebRoute, kRoutes.size()> shown;
  for (std::size_t i = 0; i < shown.size(); ++i) shown[i] = kRoutes[i].shown;
  return shown;
}();

}  // namespace

std::span<const WebRoute> WebRoutes() { return kShown; }

WebAnswer AnswerWeb(std::string_view path, const Sources& sources) {
  // HiveMQ's own page writes its health paths with a slash at the end, its users without.
  if (path.starts_with("/api/v1/health") && path.ends_with('/')) path.remove_suffix(1);
  for (const Route& route : kRoutes) {
    if (route.shown.path == path) return route.answer(sources);
  }
  return Text(404, "not found; / lists what there is\n");
}

}  // namespace vitals

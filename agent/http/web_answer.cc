#include "agent/http/web_answer.h"

#include <array>

#include "agent/http/start_page.h"
#include "agent/http/status_json.h"

namespace vitals {
namespace {

constexpr std::array<WebRoute, 5> kRoutes{{
    {"/", "this page"},
    {"/metrics", "metrics for Prometheus"},
    {"/api/v1/status", "verdicts and conditions as JSON"},
    {"/-/healthy", "200 while the agent serves"},
    {"/-/ready", "200 once the agent has made its first judgement"},
}};

WebAnswer Ready(const Sources& sources) {
  if (sources.snapshot() == nullptr) return {503, WebAnswer().type, "no judgement yet\n"};
  return {200, WebAnswer().type, "ok\n"};
}

}  // namespace

std::span<const WebRoute> WebRoutes() { return kRoutes; }

WebAnswer AnswerWeb(std::string_view path, const Sources& sources) {
  if (path == "/metrics")
    return {200, "text/plain; version=0.0.4; charset=utf-8", sources.metrics()};
  if (path == "/api/v1/status") {
    const auto snapshot = sources.snapshot();
    return {200, "application/json", StatusJson(snapshot.get(), sources.version)};
  }
  if (path == "/-/healthy") return {200, WebAnswer().type, "ok\n"};
  if (path == "/-/ready") return Ready(sources);
  if (path == "/") {
    const auto snapshot = sources.snapshot();
    return {200, "text/html; charset=utf-8", StartPage(snapshot.get(), sources.version, kRoutes)};
  }
  return {404, WebAnswer().type, "not found; / lists what there is\n"};
}

}  // namespace vitals

// What the web surface says: a pure function from path and sources to status, type and body. The
// table of routes is the whole surface; docs/http.md is compared with it by a test, and the status
// page lists it.
//
// Any thread, as far as the sources allow it. Nothing here changes state or calls anything else.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "agent/core/past.h"
#include "agent/core/snapshot.h"

namespace vitals {

// Where the web surface gets what it shows. Called from its threads, several at a time.
struct Sources {
  std::function<std::string()> metrics;   // Prometheus text format 0.0.4
  std::function<SnapshotPtr()> snapshot;  // null while nothing is known yet
  std::string version;
  std::function<Past()> past;
  std::string config;         // the effective configuration as YAML, without secrets
  std::function<Time()> now;  // on the clock of the snapshots
};

struct WebRoute {
  std::string_view path;
  std::string_view meaning;
};
std::span<const WebRoute> WebRoutes();

struct WebAnswer {
  int status = 200;
  std::string_view type = "text/plain; charset=utf-8";
  std::string body;
};

WebAnswer AnswerWeb(std::string_view path, const Sources& sources);

}  // namespace vitals

// The status page: what is wrong, since when and why, what will happen next, and what the agent saw
// in the last hour. HTML and inline SVG without script, one file, nothing loaded from elsewhere.
// The sections are in page_*.h. Pure, any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "agent/core/past.h"
#include "agent/core/snapshot.h"

namespace vitals {

struct WebRoute;

struct PageInput {
  const Snapshot* snapshot = nullptr;  // null while nothing is known yet
  const Past& past;
  Time now{};  // on the clock of the snapshot
  std::string_view version;
  std::span<const WebRoute> routes;
  bool watching = false;  // loads itself anew every five seconds
};

std::string StatusPage(const PageInput& input);

}  // namespace vitals

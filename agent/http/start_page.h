// The start page of the web surface: the three verdicts with their reasons, the conditions, and
// where to find the rest. Plain HTML without script. Every text is escaped, for messages may quote
// a broker. Pure, any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "agent/core/snapshot.h"

namespace vitals {

struct WebRoute;

// `snapshot` is null while nothing is known yet.
std::string StartPage(const Snapshot* snapshot, std::string_view version,
                      std::span<const WebRoute> routes);

}  // namespace vitals

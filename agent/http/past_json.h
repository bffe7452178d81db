// The bodies of /api/v1/events and /api/v1/history (docs/http.md). Pure, any thread.
#pragma once

#include <string>

#include "agent/core/past.h"

namespace vitals {

std::string EventsJson(const Past& past);
std::string HistoryJson(const Past& past);

}  // namespace vitals

// The time stamp of a log line, for `rules test` only: counts and lives of rules need to know how
// much time lies between lines of an old log. The agent itself never reads stamps while it follows
// a log: there a line is as old as its arrival.
//
// Understands seconds since the epoch at the start of the line (Mosquitto) and a calendar time near
// it (ISO 8601 and its relatives: 2026-01-31T12:00:00.123, 2026-01-31 12:00:00,123, 2026/01/31
// 12:00:00). Zones are left out: within one log they are alike. Pure; any thread; never allocates.
#pragma once

#include <optional>
#include <string_view>

#include "agent/core/time.h"

namespace vitals {

// On a scale of its own: only differences mean something.
std::optional<Time> ReadStamp(std::string_view line);

}  // namespace vitals

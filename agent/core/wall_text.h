// Wall time for people and for stamps in files: RFC 3339, UTC, milliseconds. Pure, any thread.
#pragma once

#include <string>

#include "agent/core/time.h"

namespace vitals {

// "2026-01-31T23:59:59.123Z"
std::string WallText(WallTime at);

}  // namespace vitals

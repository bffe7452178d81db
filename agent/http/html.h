// Text on its way into an HTML page, and durations as people read them. Every text that is not
// written in this folder goes through Escaped, for messages may quote a broker. Pure, any thread.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/time.h"

namespace vitals {

// Fit for element content and for quoted attributes (HTML Living Standard, 13.3); bytes that no
// page may hold become U+FFFD.
std::string Escaped(std::string_view text);

// "0.4 s", "41 s", "12 min", "3 h 5 min", "2 d 4 h"
std::string AgeWords(Duration age);

// "85 µs", "0.31 ms", "120 ms", "1.2 s"
std::string LatencyWords(Duration took);

}  // namespace vitals

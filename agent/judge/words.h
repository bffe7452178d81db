// Durations as people read them in messages: "0.4 s", "75 s", "12 min".
#pragma once

#include <cstdio>
#include <string>

#include "agent/core/time.h"

namespace vitals {

inline std::string Words(Duration duration) {
  const double seconds = Seconds(duration);
  char text[32];
  if (seconds < 10) {
    std::snprintf(text, sizeof text, "%.1f s", seconds);
  } else if (seconds < 600) {
    std::snprintf(text, sizeof text, "%.0f s", seconds);
  } else {
    std::snprintf(text, sizeof text, "%.0f min", seconds / 60);
  }
  return text;
}

}  // namespace vitals

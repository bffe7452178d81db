// What the JSON bodies of the web surface share: how times, durations and texts are written (RFC
// 8259, RFC 3339). Pure, any thread.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "agent/core/time.h"
#include "agent/core/wall_text.h"

namespace vitals {

// A moment of the monotonic clock that belongs to one of the wall clock.
struct Anchor {
  Time at{};
  WallTime wall{};

  // Null for a moment that never was.
  nlohmann::ordered_json Stamp(Time when) const {
    if (when == Time{}) return nullptr;
    return WallText(wall - (at - when));
  }
};

// Bytes that are no UTF-8 become U+FFFD, since messages may quote a broker.
inline std::string Dump(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace vitals

// Waiting for something that another process does: asks again every few milliseconds until the
// answer is yes or the limit is over. The limit bounds a failing test; a passing one goes on at
// once.
#pragma once

#include <chrono>
#include <optional>
#include <thread>

#include "agent/core/time.h"

namespace vitals {

// How long it took, or nothing if `condition` was still false at the limit.
template <typename Condition>
std::optional<Duration> WaitUntil(Duration limit, Condition condition,
                                  Duration pause = std::chrono::milliseconds(5)) {
  const Time start = std::chrono::steady_clock::now();
  while (true) {
    const bool done = condition();
    const Duration elapsed = std::chrono::steady_clock::now() - start;
    if (done && elapsed <= limit) return elapsed;
    if (elapsed > limit) return std::nullopt;
    std::this_thread::sleep_for(pause);
  }
}

// The reverse: `condition` holds at every look for the whole of `span`.
template <typename Condition>
bool HoldsFor(Duration span, Condition condition, Duration pause = std::chrono::milliseconds(50)) {
  return !WaitUntil(span, [&] { return !condition(); }, pause).has_value();
}

}  // namespace vitals

// What people and hooks ask of the judge, while it stands: a drain, a hold of liveness. Both come
// over the control socket (agent/control), are bounded by policy, and survive the worker.
//
// Plain values, any thread.
#pragma once

#include <string>

#include "agent/core/time.h"

namespace vitals {

struct DrainAsked {
  Time since{};
  std::string by;  // "uid 1000, pid 42", or what made the agent drain by itself
};

struct HoldAsked {
  Time since{};
  Time until{};
  std::string by;
  std::string reason;  // in the words of who asked
};

}  // namespace vitals

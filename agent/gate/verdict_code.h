// The three verdicts as bytes: what the worker leaves on the shared page and the gate reads. Both
// are of one build, so the code needs no versions; but the worker may be in the middle of dying,
// so the gate believes no length that it has not checked.
//
// Pure functions; any thread; Decode never allocates.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/core/snapshot.h"
#include "agent/gate/verdict_view.h"

namespace vitals {

inline constexpr std::size_t kVerdictCodeMax = 48 << 10;

// Whose verdicts these are.
struct VerdictStamp {
  std::uint32_t generation = 0;  // of the worker
  bool settled = false;          // they rest on evidence, or there was time enough for some
};

// At most kVerdictCodeMax bytes. Where there are too many checks for one verdict, those that fail
// stay; messages of checks that pass are left out, for nobody sees them.
std::string EncodeVerdicts(const Snapshot& snapshot, const VerdictStamp& stamp);

// False if these are no such bytes: then `stamp` and `views` hold anything. The views point into
// `bytes`.
bool DecodeVerdicts(std::string_view bytes, VerdictStamp* stamp, VerdictViews* views);

}  // namespace vitals

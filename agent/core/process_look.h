// ProcessLook: the broker's process as /proc shows it (probes/host). Value types.
//
// Source: proc(5), /proc/PID/stat.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/core/time.h"

namespace vitals {

// Tells processes apart within one boot of the machine: numbers come back, with the same start not.
struct ProcessIdentity {
  std::int32_t pid = 0;          // 0 = none
  std::uint64_t started_at = 0;  // field 22: clock ticks since the machine's boot
  bool operator==(const ProcessIdentity&) const = default;
};

struct ProcessLook {
  std::string trouble;      // why it can't be seen; empty = it is, and the rest is valid
  ProcessIdentity process;  // has the listening socket of an endpoint, or had it and is back
  ProcessIdentity owner;    // its topmost ancestor, who may start it anew unseen; none = no parent
  Duration age{};           // since its start
  std::optional<double> cpu;  // cores in use since the last look; none = the first look at it
  bool disk_sleep = false;    // a thread waits for a disk (state D); looked for while it is idle
};

}  // namespace vitals

// One line of /proc/PID/stat or /proc/PID/task/TID/stat (proc(5)), as far as it is of use. Anybody
// may read it, whoever owns the process. Pure but for one small read; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/process_look.h"

namespace vitals {

struct ProcessStat {
  ProcessIdentity identity;
  std::string name;             // comm: at most 15 bytes, chosen by the process
  char state = '?';             // R, S, D, T, Z ...
  std::int32_t parent = 0;      // 0 = outside of our sight, or none
  std::uint64_t cpu_ticks = 0;  // user and system
};

// Nothing if it is no such line.
std::optional<ProcessStat> ParseStat(std::string_view line);
// Nothing if there is no such process any more.
std::optional<ProcessStat> ReadStat(const std::string& path);

}  // namespace vitals

// BootMemory: what the log told since the last line that begins a boot, in short: of lines that say
// the same only the newest is kept, and rules that change nothing about the broker's life or
// conditions are left out.
//
// Owned by the LogEngine; one thread. Bounded: kMost events of at most a KiB each; beyond that the
// oldest but the boot marker goes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/profile.h"
#include "probes/log/log_state.h"

namespace vitals {

class BootMemory {
 public:
  static constexpr std::size_t kMost = 256;

  void Note(const Rule& rule, std::string_view line,
            const std::vector<std::pair<std::string, std::string>>& captures);

  const std::vector<KnownEvent>& events() const { return events_; }

 private:
  std::vector<KnownEvent> events_;
};

}  // namespace vitals

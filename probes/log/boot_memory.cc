#include "probes/log/boot_memory.h"

#include <algorithm>

namespace vitals {

void BootMemory::Note(const Rule& rule, std::string_view line,
                      const std::vector<std::pair<std::string, std::string>>& captures) {
  const bool begins_boot = rule.life_cycle == LifeCycle::kBooting;
  if (begins_boot) events_.clear();
  if (rule.life_cycle == LifeCycle::kNone && rule.listener == ListenerLine::kNone &&
      rule.effects.empty()) {
    return;
  }
  std::erase_if(events_, [&](const KnownEvent& event) {
    return event.rule == rule.id && event.captures == captures;
  });
  if (events_.size() >= kMost) events_.erase(events_.begin() + 1);
  events_.push_back({rule.id, std::string(line), captures});
}

}  // namespace vitals

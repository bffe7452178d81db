#include "agent/judge/catch_up.h"

namespace vitals {

bool CatchUp::Known(const LogEvent& event) {
  const std::uint64_t print = Fingerprint(event);
  const bool boot_line = event.rule->life_cycle == LifeCycle::kBooting;
  if (searching_ && event.look_back) {
    searching_ = print != newest_;
    // The line of another boot: the broker has started anew meanwhile, in a new file perhaps.
    const bool other_boot = boot_line && print != boot_;
    if (!other_boot) return true;
  }
  searching_ = false;
  newest_ = print;
  if (boot_line) boot_ = print;
  return false;
}

}  // namespace vitals

#include "agent/judge/catch_up.h"

#include <string_view>

namespace vitals {
namespace {

// FNV-1a: the lines of one broker, told apart; nobody gains by a collision.
std::uint64_t Fingerprint(const LogEvent& event) {
  std::uint64_t hash = 14695981039346656037u;
  for (const std::string_view text :
       {std::string_view(event.rule->id), std::string_view("\n"), std::string_view(event.line)}) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  }
  return hash;
}

}  // namespace

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

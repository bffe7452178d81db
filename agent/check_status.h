// What one look at an endpoint is worth, in the four grades of the Nagios plugin guidelines. As in
// the agent that runs, only silence and closed ports are critical: a broker that refuses is alive.
//
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/evidence.h"
#include "agent/core/time.h"

namespace vitals {

enum class CheckStatus : std::uint8_t { kOk, kWarning, kCritical, kUnknown };
inline constexpr std::size_t kCheckStatusCount = 4;
std::string_view Name(CheckStatus status);  // ok, warning ...

struct Checked {
  std::string endpoint;  // its name
  ConnectEvidence connect{};
  std::optional<RoundTripEvidence> round_trip{};  // none = not asked for, or not this endpoint
  CheckStatus status = CheckStatus::kOk;
  std::string note{};  // why it is not ok

  Duration Total() const;  // of the connect's stages
};

// Fills status and note. A connect slower than `slow` and a certificate with less than a fortnight
// left are warnings.
void Judge(Checked& checked, Duration slow, WallTime now);

// Of several: critical before unknown before warning.
CheckStatus Worst(CheckStatus a, CheckStatus b);

}  // namespace vitals

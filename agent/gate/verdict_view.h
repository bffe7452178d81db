// Verdicts as the probe front shows them: views into bytes that somebody else keeps, a bounded
// number of checks, no allocation. Value types; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "agent/core/condition.h"
#include "agent/core/time.h"

namespace vitals {

struct CheckView {
  std::string_view name;
  bool ok = false;
  Reason reason = Reason::kNoEvidence;
  std::string_view message;  // empty where the check passes
  Time evidence_at{};
};

struct VerdictView {
  static constexpr std::size_t kMaxChecks = 128;

  bool ok = false;
  Reason reason = Reason::kNoEvidence;
  std::string_view message;
  bool cut = false;  // there are more checks than these

  std::span<const CheckView> checks() const { return {list.data(), count}; }

  std::array<CheckView, kMaxChecks> list{};
  std::size_t count = 0;
};

struct VerdictViews {
  VerdictView startup, readiness, liveness;
};

}  // namespace vitals

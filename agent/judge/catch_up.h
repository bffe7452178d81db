// CatchUp: after a resume the follower's look-back tells once more what the judge knew before. This
// finds the newest event that an earlier process has folded; what comes after it is news, and
// happened while nobody judged.
//
// Owned by the Judge, its thread only.
#pragma once

#include <cstdint>

#include "agent/core/evidence.h"
#include "agent/judge/saved.h"

namespace vitals {

class CatchUp {
 public:
  // Whether an earlier process has folded this event. Each event is asked about once, in order.
  bool Known(const LogEvent& event);
  // Look-back that comes now tells of the time while nobody judged, not of an unknown past.
  bool caught_up() const { return resumed_; }

  Json Save() const;
  void Resume(const Json& saved);

 private:
  std::uint64_t newest_ = 0;  // fingerprint of the newest event; 0 = none yet
  std::uint64_t boot_ = 0;    // ... of the newest boot line
  bool resumed_ = false;
  bool searching_ = false;
};

}  // namespace vitals

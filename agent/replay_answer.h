// What a replay comes to: how often liveness would have restarted the broker without need, how
// often it would have left a hung one alone, and for how long readiness was wrong. Judged by
// hindsight from the same recording (docs/replay.md says how). Pure, any thread.
#pragma once

#include "agent/replay_session.h"

namespace vitals {

struct ReplayAnswer {
  int recorded_failures = 0;  // pass -> fail edges of liveness
  int replayed_failures = 0;
  int avoided = 0;    // recorded, not replayed, and the broker came back by itself
  int missed = 0;     // recorded, not replayed, and it never did
  int undecided = 0;  // recorded, not replayed, but a clock ran when the recorded failure ended it
  int added = 0;      // replayed, not recorded
  Duration recorded_wrong{}, replayed_wrong{};  // of readiness

  ReplayAnswer& operator+=(const ReplayAnswer& other);
};

ReplayAnswer Answer(const ReplayedLife& life);

}  // namespace vitals

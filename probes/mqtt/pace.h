// Pace: when the listener probe connects next. Quiet while all is well (the interval, less up to a
// tenth of it at random, so that many agents do not fall into step); fast after something went
// wrong (trouble_interval for trouble_span, then doubling up to the interval, less up to a tenth
// again); fast again after the first success, until there were as many good connects in a row as
// the judge looks at. Where the broker may count what it refuses, it doubles from the start.
//
// Belongs to one endpoint and the listener's thread. Pure but for its own random numbers.
#pragma once

#include <cstdint>
#include <random>

#include "agent/core/settings.h"
#include "agent/core/time.h"

namespace vitals::mqtt {

// Readiness looks at the last six connects of an endpoint.
inline constexpr int kGoodConnectsAfterTrouble = 6;

class Pace {
 public:
  Pace(const ListenerSettings& settings, std::uint64_t seed);

  // How long to wait after a connect that ended well at `now`.
  Duration AfterSuccess();
  // ... that failed or went silent; `unwelcome`: by IsUnwelcome.
  Duration AfterFailure(Time now, bool unwelcome = false);
  // Something changed elsewhere, at `now`: be fast, as after a failure.
  void Hurry(Time now);

 private:
  // So long, less up to a tenth of it at random.
  Duration About(Duration wait);

  const ListenerSettings settings_;
  std::mt19937_64 random_;
  bool in_trouble_ = false;
  Time trouble_since_{};
  Duration step_{};
  int good_ = 0;
};

}  // namespace vitals::mqtt

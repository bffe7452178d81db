#include "probes/mqtt/pace.h"

#include <algorithm>

namespace vitals::mqtt {

Pace::Pace(const ListenerSettings& settings, std::uint64_t seed)
    : settings_(settings), random_(seed) {}

Duration Pace::After(bool ok, Time now) {
  if (ok) {
    if (in_trouble_ && ++good_ < kGoodConnectsAfterTrouble) return settings_.trouble_interval;
    in_trouble_ = false;
    std::uniform_int_distribution<Duration::rep> jitter(0, settings_.interval.count() / 10);
    return settings_.interval - Duration(jitter(random_));
  }
  if (!in_trouble_) Hurry(now);
  good_ = 0;
  if (now - trouble_since_ >= settings_.trouble_span)
    step_ = std::min(2 * step_, settings_.interval);
  return step_;
}

void Pace::Hurry(Time now) {
  in_trouble_ = true;
  trouble_since_ = now;
  step_ = settings_.trouble_interval;
  good_ = 0;
}

}  // namespace vitals::mqtt

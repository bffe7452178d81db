#include "probes/mqtt/pace.h"

#include <algorithm>

namespace vitals::mqtt {

Pace::Pace(const ListenerSettings& settings, std::uint64_t seed)
    : settings_(settings), random_(seed) {}

Duration Pace::AfterSuccess() {
  if (in_trouble_ && ++good_ < kGoodConnectsAfterTrouble) return settings_.trouble_interval;
  in_trouble_ = false;
  return About(settings_.interval);
}

Duration Pace::AfterFailure(Time now, bool unwelcome) {
  if (!in_trouble_) Hurry(now);
  good_ = 0;
  if (!unwelcome && now - trouble_since_ < settings_.trouble_span) return step_;
  step_ = std::min(2 * step_, settings_.interval);
  return About(step_);
}

Duration Pace::About(Duration wait) {
  std::uniform_int_distribution<Duration::rep> jitter(0, wait.count() / 10);
  return wait - Duration(jitter(random_));
}

void Pace::Hurry(Time now) {
  in_trouble_ = true;
  trouble_since_ = now;
  step_ = settings_.trouble_interval;
  good_ = 0;
}

}  // namespace vitals::mqtt

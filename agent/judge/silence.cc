#include "agent/judge/silence.h"

#include <algorithm>
#include <utility>

namespace vitals {

void SilenceClocks::Fold(Contact contact) {
  if (contact != Contact::kNone) read_ = inherited_ = {};
  if (contact == Contact::kAnswered) answer_ = {};
}

void SilenceClocks::Restart() { read_ = answer_ = inherited_ = {}; }

Duration SilenceClocks::Advance(Time now, const Tick& tick) {
  late_ =
      std::any_of(tick.late.begin(), tick.late.end(), [](Duration late) { return late > kLate; });
  const Duration passed = now - last_tick_;
  last_tick_ = now;
  if (!std::exchange(ticked_, true)) return {};
  if (late_ || passed > kLongestTick) {
    // After a shorter absence no look at other clients has grown old.
    constexpr Duration kLong = std::chrono::seconds(5);
    absent_ += passed;
    if (absent_ >= kLong) back_since_ = now;
    return passed;
  }
  absent_ = {};
  read_ += passed;
  answer_ += passed;
  return {};
}

int KillBudget::Left(Time now) const {
  const auto in_window =
      std::count_if(spent_.begin(), spent_.end(), [&](Time at) { return now - at < window_; });
  return std::max(0, units_ - static_cast<int>(in_window));
}

bool KillBudget::Spend(Time at) {
  while (!spent_.empty() && at - spent_.front() >= window_) spent_.pop_front();
  if (Left(at) == 0) return false;
  spent_.push_back(at);
  return true;
}

}  // namespace vitals

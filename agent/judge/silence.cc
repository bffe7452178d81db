#include "agent/judge/silence.h"

#include <algorithm>

namespace vitals {

void SilenceClocks::Fold(Contact contact) {
  if (contact != Contact::kNone) read_ = inherited_ = {};
  if (contact == Contact::kAnswered) answer_ = {};
}

void SilenceClocks::Restart() { read_ = answer_ = inherited_ = {}; }

void SilenceClocks::Advance(Time now, const Tick& tick) {
  late_ =
      std::any_of(tick.late.begin(), tick.late.end(), [](Duration late) { return late > kLate; });
  const Duration passed = now - last_tick_;
  // The judge's own tick counts as a loop: a jump over several ticks was not lived through.
  constexpr Duration kLongestTick = std::chrono::milliseconds(500);
  if (ticked_ && !late_ && passed <= kLongestTick) {
    read_ += passed;
    answer_ += passed;
  }
  last_tick_ = now;
  ticked_ = true;
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

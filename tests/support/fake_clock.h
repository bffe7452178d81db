// FakeClock: time that moves only when the test says so. One thread.
#pragma once

#include "agent/core/time.h"

namespace vitals {

class FakeClock final : public Clock {
 public:
  Time Now() const override { return now_; }
  WallTime Wall() const override {
    return WallTime(std::chrono::seconds(1'800'000'000)) + (now_ - Time{});
  }
  void Advance(Duration by) { now_ += by; }

 private:
  Time now_ = Time{} + std::chrono::hours(1);
};

}  // namespace vitals

// Bell: wakes one sleeping loop. Any thread may ring; a ring before the sleep is not lost. The
// sleeper waits on the steady clock.
#pragma once

#include <condition_variable>
#include <mutex>
#include <utility>

#include "agent/core/time.h"

namespace vitals::mqtt {

class Bell {
 public:
  void Ring() {
    {
      const std::lock_guard lock(mutex_);
      rung_ = true;
    }
    changed_.notify_one();
  }

  void SleepUntil(Time due) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, due, [this] { return rung_; });
    rung_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_ = false;
};

}  // namespace vitals::mqtt

// BoundedQueue: many producers, one consumer, a fixed number of places. A full queue drops what is
// put and counts it: a source must never wait for the judge. Any thread may Put; one may Take.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>

#include "agent/core/time.h"

namespace vitals {

template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t places) : places_(places) {}

  void Put(T item) {
    {
      const std::lock_guard lock(mutex_);
      if (items_.size() >= places_) {
        ++dropped_;
        return;
      }
      items_.push_back(std::move(item));
    }
    ready_.notify_one();
  }

  // Everything that is there; waits until `deadline` for the first item. Empty = nothing came.
  std::deque<T> TakeAll(Time deadline) {
    std::unique_lock lock(mutex_);
    ready_.wait_until(lock, deadline, [this] { return !items_.empty(); });
    return std::exchange(items_, {});
  }

  std::uint64_t dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
  }

 private:
  const std::size_t places_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<T> items_;
  std::uint64_t dropped_ = 0;
};

}  // namespace vitals

// Latest: the newest value of something that one thread sets and others read. Any thread; the lock
// is held for a copy of a pointer only.
#pragma once

#include <mutex>
#include <utility>

namespace vitals {

template <typename T>
class Latest {
 public:
  Latest() = default;
  explicit Latest(T value) : value_(std::move(value)) {}

  T Get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }
  void Set(T value) {
    const std::lock_guard lock(mutex_);
    value_ = std::move(value);
  }

 private:
  mutable std::mutex mutex_;
  T value_{};
};

}  // namespace vitals

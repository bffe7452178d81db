// EvidenceBox: a sink that keeps everything, and lets a test wait for what it expects.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <vector>

#include "agent/core/evidence.h"

namespace vitals::mqtt {

class EvidenceBox final : public EvidenceSink {
 public:
  void Put(Evidence evidence) override {
    {
      const std::lock_guard lock(mutex_);
      all_.push_back(std::move(evidence));
    }
    changed_.notify_all();
  }
  void Promise(Source, Time) override {
    {
      const std::lock_guard lock(mutex_);
      ++promises_;
    }
    changed_.notify_all();
  }

  // The first `count` pieces of one kind; fails the test if they don't come within 10 s.
  template <typename Kind>
  std::vector<Kind> Wait(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [&] { return Of<Kind>().size() >= count; });
    auto found = Of<Kind>();
    EXPECT_GE(found.size(), count);
    found.resize(std::max(found.size(), count));
    return found;
  }

  template <typename Kind>
  std::vector<Kind> All() const {
    const std::lock_guard lock(mutex_);
    return Of<Kind>();
  }

  void Clear() {
    const std::lock_guard lock(mutex_);
    all_.clear();
  }

  int promises() const {
    const std::lock_guard lock(mutex_);
    return promises_;
  }

 private:
  template <typename Kind>
  std::vector<Kind> Of() const {
    std::vector<Kind> found;
    for (const Evidence& evidence : all_) {
      if (const auto* kind = std::get_if<Kind>(&evidence.what)) found.push_back(*kind);
    }
    return found;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Evidence> all_;
  int promises_ = 0;
};

}  // namespace vitals::mqtt

// A Tailer that follows b.log in a folder of its own; the test holds the time. One thread.
#pragma once

#include <gtest/gtest.h>

#include <chrono>

#include "agent/core/time.h"
#include "probes/log/tailer.h"
#include "tests/unit/probes/log/log_folder.h"

namespace vitals {

class TailerTest : public testing::Test {
 protected:
  static constexpr std::uint64_t kLimit = 64 << 20;

  // Turns until there is nothing more to read.
  void Follow(Duration later = std::chrono::milliseconds(10)) {
    now_ += later;
    do {
      tailer_.Scan(now_);
    } while (tailer_.Read(now_, 1 << 20, lines_).more);
  }

  LogFolder folder_;
  Tailer tailer_{{folder_.Path("b.log")}, kLimit, kLimit};
  Lines lines_;
  Time now_ = Time{} + std::chrono::hours(1);
};

}  // namespace vitals

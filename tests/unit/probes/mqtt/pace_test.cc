#include "probes/mqtt/pace.h"

#include <gtest/gtest.h>

namespace vitals::mqtt {
namespace {

const Time kStart = Time{} + std::chrono::hours(1);

TEST(Pace, QuietWhileAllIsWell) {
  Pace pace({}, 1);
  bool differs = false;
  Duration first{};
  for (int i = 0; i < 200; ++i) {
    const Duration wait = pace.After(true, kStart);
    EXPECT_GE(wait, 9s);
    EXPECT_LE(wait, 10s);
    if (i == 0) first = wait;
    differs |= wait != first;
  }
  EXPECT_TRUE(differs);
}

TEST(Pace, FastInTroubleThenDoubling) {
  Pace pace({}, 1);
  Time now = kStart;
  std::vector<Duration> waits;
  for (int i = 0; i < 28; ++i) {
    waits.push_back(pace.After(false, now));
    now += waits.back();
  }
  // 250 ms for 5 s are 20 waits, then 0.5, 1, 2, 4, 8, 10, 10 ...
  for (int i = 0; i < 20; ++i) EXPECT_EQ(waits[static_cast<std::size_t>(i)], 250ms) << i;
  const std::vector<Duration> rest(waits.begin() + 20, waits.end());
  EXPECT_EQ(rest, (std::vector<Duration>{500ms, 1s, 2s, 4s, 8s, 10s, 10s, 10s}));
}

TEST(Pace, FastAgainUntilSixGoodOnes) {
  Pace pace({}, 1);
  pace.After(false, kStart);
  for (int i = 0; i < kGoodConnectsAfterTrouble - 1; ++i) {
    EXPECT_EQ(pace.After(true, kStart + 20s), 250ms);
  }
  EXPECT_GE(pace.After(true, kStart + 20s), 9s);
  EXPECT_EQ(pace.After(false, kStart + 30s), 250ms) << "new trouble has its own span";
}

TEST(Pace, AChangeSeenElsewhereIsFollowedBySixFastOnes) {
  Pace pace({}, 1);
  pace.Hurry(kStart);
  for (int i = 0; i < kGoodConnectsAfterTrouble - 1; ++i) {
    EXPECT_EQ(pace.After(true, kStart), 250ms);
  }
  EXPECT_GE(pace.After(true, kStart), 9s);
}

TEST(Pace, AFailureAmongGoodOnesStartsTheirCountAnew) {
  Pace pace({}, 1);
  pace.After(false, kStart);
  for (int i = 0; i < kGoodConnectsAfterTrouble - 1; ++i) pace.After(true, kStart);
  pace.After(false, kStart + 1s);
  EXPECT_EQ(pace.After(true, kStart + 1s), 250ms);
}

}  // namespace
}  // namespace vitals::mqtt

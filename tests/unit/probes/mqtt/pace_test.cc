#include "probes/mqtt/pace.h"

#include <gtest/gtest.h>

#include <array>

namespace vitals::mqtt {
namespace {

const Time kStart = Time{} + std::chrono::hours(1);

TEST(Pace, QuietWhileAllIsWell) {
  Pace pace({}, 1);
  bool differs = false;
  Duration first{};
  for (int i = 0; i < 200; ++i) {
    const Duration wait = pace.AfterSuccess();
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
    waits.push_back(pace.AfterFailure(now));
    now += waits.back();
  }
  // 250 ms for 5 s are 20 waits, then 0.5, 1, 2, 4, 8, 10, 10 ...
  for (int i = 0; i < 20; ++i) EXPECT_EQ(waits[static_cast<std::size_t>(i)], 250ms) << i;
  const std::array<Duration, 8> rest{500ms, 1s, 2s, 4s, 8s, 10s, 10s, 10s};
  bool differs = false;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    EXPECT_LE(waits[20 + i], rest[i]) << i;
    EXPECT_GE(waits[20 + i], rest[i] * 9 / 10) << i;
    differs |= waits[20 + i] != rest[i];
  }
  EXPECT_TRUE(differs) << "agents that were refused together do not come back together";
}

TEST(Pace, WhoIsUnwelcomeKnocksLessAndLess) {
  Pace pace({}, 1);
  Time now = kStart;
  for (const Duration wait : {500ms, 1000ms, 2000ms, 4000ms, 8000ms, 10'000ms, 10'000ms}) {
    const Duration found = pace.AfterFailure(now, true);
    EXPECT_LE(found, wait);
    EXPECT_GE(found, wait * 9 / 10);
    now += found;
  }
}

TEST(Pace, FastAgainUntilSixGoodOnes) {
  Pace pace({}, 1);
  pace.AfterFailure(kStart);
  for (int i = 0; i < kGoodConnectsAfterTrouble - 1; ++i) {
    EXPECT_EQ(pace.AfterSuccess(), 250ms);
  }
  EXPECT_GE(pace.AfterSuccess(), 9s);
  EXPECT_EQ(pace.AfterFailure(kStart + 30s), 250ms) << "new trouble has its own span";
}

TEST(Pace, AChangeSeenElsewhereIsFollowedBySixFastOnes) {
  Pace pace({}, 1);
  pace.Hurry(kStart);
  for (int i = 0; i < kGoodConnectsAfterTrouble - 1; ++i) {
    EXPECT_EQ(pace.AfterSuccess(), 250ms);
  }
  EXPECT_GE(pace.AfterSuccess(), 9s);
}

TEST(Pace, AFailureAmongGoodOnesStartsTheirCountAnew) {
  Pace pace({}, 1);
  pace.AfterFailure(kStart);
  for (int i = 0; i < kGoodConnectsAfterTrouble - 1; ++i) pace.AfterSuccess();
  pace.AfterFailure(kStart + 1s);
  EXPECT_EQ(pace.AfterSuccess(), 250ms);
}

}  // namespace
}  // namespace vitals::mqtt

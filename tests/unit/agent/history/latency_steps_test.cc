#include "agent/history/latency_steps.h"

#include <gtest/gtest.h>

namespace vitals {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Time kStart = Time{} + std::chrono::hours(5);

TEST(LatencySteps, NothingIsNothing) {
  const auto series = LatencySteps().Summarise("a", kStart);
  EXPECT_EQ(series.endpoint, "a");
  EXPECT_TRUE(series.steps.empty());
  EXPECT_EQ(series.whole.good, 0u);
}

TEST(LatencySteps, PercentilesAreOfNearestRank) {
  LatencySteps steps;
  for (int i = 1; i <= 100; ++i) steps.Add(kStart + milliseconds(10 * i), microseconds(i));
  const auto series = steps.Summarise("", kStart + seconds(1));
  ASSERT_EQ(series.steps.size(), 1u);
  for (const Latency& latency : {series.whole, series.steps[0].latency}) {
    EXPECT_EQ(latency.good, 100u);
    EXPECT_EQ(latency.min, microseconds(1));
    EXPECT_EQ(latency.p50, microseconds(50));
    EXPECT_EQ(latency.p99, microseconds(99));
    EXPECT_EQ(latency.max, microseconds(100));
  }
}

TEST(LatencySteps, EachStepHasItsOwnTimesAndFailures) {
  LatencySteps steps;
  steps.Add(kStart, microseconds(10));
  steps.Add(kStart + seconds(1), std::nullopt);
  steps.Add(kStart + seconds(5), std::nullopt);
  steps.Add(kStart + seconds(10), microseconds(30));
  const auto series = steps.Summarise("", kStart + seconds(11));
  ASSERT_EQ(series.steps.size(), 3u);
  EXPECT_EQ(series.steps[0].at, kStart);
  EXPECT_EQ(series.steps[0].latency.good, 1u);
  EXPECT_EQ(series.steps[0].latency.failed, 1u);
  EXPECT_EQ(series.steps[1].latency.good, 0u);
  EXPECT_EQ(series.steps[1].latency.failed, 1u);
  EXPECT_EQ(series.steps[2].latency.max, microseconds(30));
  EXPECT_EQ(series.whole.good, 2u);
  EXPECT_EQ(series.whole.failed, 2u);
}

TEST(LatencySteps, ForgetsWhatIsOlderThanAnHour) {
  LatencySteps steps;
  steps.Add(kStart, microseconds(10));
  steps.Add(kStart + seconds(5), microseconds(20));
  // Nothing comes for an hour: what is too old is not shown, though nobody removed it.
  const auto quiet = steps.Summarise("", kStart + kPastSpan);
  ASSERT_EQ(quiet.steps.size(), 1u);
  EXPECT_EQ(quiet.whole.min, microseconds(20));
  steps.Add(kStart + kPastSpan + seconds(5), microseconds(30));
  const auto later = steps.Summarise("", kStart + kPastSpan + seconds(5));
  ASSERT_EQ(later.steps.size(), 1u);
  EXPECT_EQ(later.whole.good, 1u);
  EXPECT_EQ(later.whole.min, microseconds(30));
}

TEST(LatencySteps, KeepsABoundedNumberOfTimes) {
  LatencySteps steps;
  for (std::size_t i = 0; i < 3 * LatencySteps::kMaxTimes; ++i) {
    steps.Add(kStart + milliseconds(i), microseconds(i));
  }
  const Time end = kStart + milliseconds(3 * LatencySteps::kMaxTimes);
  EXPECT_LE(steps.Summarise("", end).whole.good, LatencySteps::kMaxTimes);
  for (std::size_t i = 0; i < 2 * LatencySteps::kMaxTimes; ++i) steps.Add(end, microseconds(7));
  const auto series = steps.Summarise("", end);
  EXPECT_EQ(series.whole.good, LatencySteps::kMaxTimes);
  EXPECT_EQ(series.whole.max, microseconds(7));
}

}  // namespace
}  // namespace vitals

// What proves a hang, and what spoils the proof.
#include <gtest/gtest.h>

#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

constexpr Behaviour kSilentAndBlind{Path::kBlind, Path::kBlind};

TEST(HangProof, EndpointThatNeverReactedTakesNoPart) {
  Scenario scenario(Scenario::DefaultSettings(2));
  scenario.Broker(0, kWorks).Broker(1, kSilentAndBlind);
  scenario.Log("booting").Log("identified").Log("started").Run(60s);
  scenario.Broker(0, kFrozen);
  EXPECT_LE(scenario.RunUntilLive(false, 100s), 65s);
}

TEST(HangProof, RefusedEndpointTakesNoPart) {
  Scenario scenario = Scenario::Working(Scenario::DefaultSettings(2));
  scenario.Broker(1, kRefused).Run(20s).Broker(0, kFrozen);
  EXPECT_LE(scenario.RunUntilLive(false, 100s), 65s);
}

TEST(HangProof, EndpointThatNobodyWantsTakesNoPart) {
  Settings settings = Scenario::DefaultSettings(2);
  settings.endpoints[1].wanted = false;
  Scenario scenario = Scenario::Working(settings);
  scenario.Broker(0, kFrozen).Broker(1, kSilentAndBlind);
  EXPECT_LE(scenario.RunUntilLive(false, 100s), 65s);
}

// After a restart of its container the agent knows of no reaction; that the broker started is
// enough.
TEST(HangProof, StartedBrokerThatLeavesTheFirstBytesUnreadTakesPart) {
  Scenario scenario;
  scenario.Log("booting", true).Log("identified", true).Log("started", true).Broker(kFrozen);
  EXPECT_LE(scenario.RunUntilLive(false, 100s), 65s);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kHung);
}

// The look at one connection says nothing about the others: they come one after the other.
TEST(HangProof, AnswerThatWaitsAtOurEndIsAFaultOfTheAgent) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen).Run(50s);
  for (int second = 0; second < 60; ++second) {
    SilenceSample sample;
    sample.connection = 1'000'000;
    sample.opened_at = scenario.now().at - 50s;
    sample.far_end = FarEnd::kUnread;
    sample.bytes_at_our_end = true;
    scenario.Send(sample).Run(1s);
    ASSERT_TRUE(scenario.now().liveness.ok) << second;
    ASSERT_EQ(scenario.now().liveness.reason, Reason::kAgentLate) << second;
  }
}

// Under an alarm such a broker answers nobody, and a restart makes it worse.
TEST(HangProof, UnseenSilenceOfABrokerWithSilentAlarmsIsOnlyFlagged) {
  const auto alarmed = Scenario::TestProfile();
  alarmed->silent_alarm = true;
  Scenario scenario = Scenario::Working(Scenario::DefaultSettings(), {}, alarmed);
  scenario.Broker(kSilentAndBlind).Run(900s);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kUnanswered);
  EXPECT_FALSE(scenario.now().outlook.fails_in);

  Scenario seen = Scenario::Working(Scenario::DefaultSettings(), {}, alarmed);
  seen.Broker(kFrozen);
  EXPECT_LE(seen.RunUntilLive(false, 100s), 65s) << "bytes that it does not read are no alarm";
}

TEST(HangProof, MissedLogMayHideTheLongestAnnouncedStall) {
  const auto profile = Scenario::TestProfile();
  profile->longest_announced_stall = 200s;
  Scenario scenario = Scenario::Working(Scenario::DefaultSettings(), {}, profile);
  scenario.Broker(kFrozen).Run(2s).LogGap();
  const Duration fails = scenario.RunUntilLive(false, 300s);
  EXPECT_GE(fails, 195s);
  EXPECT_LE(fails, 205s);
}

TEST(HangProof, WindowIsNeverShorterThanTheLongestStallOfTheProfile) {
  const auto profile = Scenario::TestProfile();
  profile->longest_stall = 90s;
  Scenario scenario = Scenario::Working(Scenario::DefaultSettings(), {}, profile);
  scenario.Broker(kFrozen);
  EXPECT_GE(scenario.RunUntilLive(false, 200s), 88s);
}

TEST(HangProof, OneLivingPathIsEnough) {
  Scenario scenario = Scenario::Working(Scenario::DefaultSettings(2));
  scenario.Broker(0, kFrozen).Run(900s);
  EXPECT_TRUE(scenario.now().liveness.ok);
  EXPECT_FALSE(scenario.now().readiness.ok);
}

TEST(HangProof, LogLagRaisesTheWindow) {
  Scenario scenario = Scenario::Working();
  LogProgress behind;
  behind.files = 1;
  behind.lag = 6s;
  scenario.Broker(kFrozen).Progress(behind).Run(100s);
  EXPECT_TRUE(scenario.now().liveness.ok);
  scenario.Run(30s);
  EXPECT_FALSE(scenario.now().liveness.ok);
}

TEST(HangProof, OutlookCountsDownOnlyWhileAClockRuns) {
  Scenario scenario = Scenario::Working();
  EXPECT_FALSE(scenario.now().outlook.fails_in);
  scenario.Broker(kFrozen).Run(20s);
  ASSERT_TRUE(scenario.now().outlook.fails_in);
  EXPECT_NEAR(Seconds(*scenario.now().outlook.fails_in), 40, 2);
}

}  // namespace
}  // namespace vitals

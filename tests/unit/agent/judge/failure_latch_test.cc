// What ends a failure of liveness, what does not, and what a unit of the budget pays for.
#include <gtest/gtest.h>

#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

// The broker answers every connect, with a reset: no reaction of that kind ends such a failure.
Scenario FailedByAFatalFault() {
  Scenario scenario = Scenario::Working();
  scenario.Log("out_of_memory").Broker({Path::kReset, Path::kReset}).Run(70s);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kSupportsRestart);
  EXPECT_FALSE(scenario.now().liveness.ok);
  EXPECT_EQ(scenario.now().outlook.budget_left, 2);
  return scenario;
}

TEST(FailureLatch, LongerWindowDelaysOnlyNewFailures) {
  Scenario scenario = FailedByAFatalFault();
  scenario.LogGap();
  EXPECT_FALSE(scenario.now().liveness.ok) << scenario.now().liveness.message;
  scenario.Run(1s);
  EXPECT_FALSE(scenario.now().liveness.ok);
  EXPECT_EQ(scenario.now().outlook.budget_left, 2);
}

TEST(FailureLatch, LateAgentEndsNoFailure) {
  Scenario scenario = FailedByAFatalFault();
  scenario.Run(5s, 300ms);
  EXPECT_FALSE(scenario.now().liveness.ok) << scenario.now().liveness.message;
  scenario.Run(1s);
  EXPECT_EQ(scenario.now().outlook.budget_left, 2);
}

TEST(FailureLatch, SilenceAfterResetsIsTheSameFailure) {
  Scenario scenario = FailedByAFatalFault();
  scenario.Broker(kFrozen).LogGap().Run(5s);
  EXPECT_FALSE(scenario.now().liveness.ok) << scenario.now().liveness.message;
  EXPECT_EQ(scenario.now().outlook.budget_left, 2);
}

TEST(FailureLatch, HungBrokerThatThawsIntoAFatalFaultStillFailsForOneUnit) {
  Scenario scenario = Scenario::Working();
  scenario.Log("out_of_memory").Broker(kFrozen).Run(85s);
  ASSERT_EQ(scenario.now().liveness.reason, Reason::kHung);
  scenario.Broker({Path::kReset, Path::kReset}).Run(5s);
  EXPECT_FALSE(scenario.now().liveness.ok);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kSupportsRestart);
  EXPECT_EQ(scenario.now().outlook.budget_left, 2) << "no pass came between";
}

TEST(FailureLatch, FirstGoodConnectEndsAFatalFault) {
  Scenario scenario = FailedByAFatalFault();
  scenario.Broker(kWorks).Run(100ms);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
}

// One of several event loops is dead: good and bad connects take turns.
TEST(FailureLatch, AfterAGoodConnectTheWindowOfAFatalFaultBeginsAnew) {
  Scenario scenario = FailedByAFatalFault();
  for (int i = 0; i < 100; ++i) {
    scenario.Broker({i % 2 == 0 ? Path::kWorks : Path::kReset, Path::kWorks}).Run(500ms);
  }
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
  EXPECT_EQ(scenario.now().outlook.budget_left, 2);
}

TEST(FailureLatch, NewIncarnationEndsAFatalFault) {
  Scenario scenario = FailedByAFatalFault();
  scenario.Broker(kRefused).Run(1s);
  EXPECT_TRUE(scenario.now().liveness.ok) << "the next container must not inherit the verdict";
}

TEST(FailureLatch, WhatAPersonHeldFailsAtOnceWhenTheHoldEnds) {
  Scenario scenario = FailedByAFatalFault();
  scenario.Send({Command::Kind::kHold, 300s, "heap dump", ""}).Run(10s);
  EXPECT_TRUE(scenario.now().liveness.ok);
  scenario.Send({Command::Kind::kRelease, {}, "", ""});
  EXPECT_FALSE(scenario.now().liveness.ok) << scenario.now().liveness.message;
  EXPECT_EQ(scenario.now().outlook.budget_left, 1) << "a pass lay between";
}

TEST(FailureLatch, OnePathThatDeliversAgainEndsLostDelivery) {
  Settings settings = Scenario::DefaultSettings(2);
  settings.endpoints[1].round_trip = true;
  settings.policy.on_lost_delivery = OnLostDelivery::kFail;
  Scenario scenario = Scenario::Working(settings);
  scenario.Broker({Path::kWorks, Path::kLost}).Run(310s);
  ASSERT_EQ(scenario.now().liveness.reason, Reason::kDeliveryLost);
  scenario.Run(5s, 300ms);
  EXPECT_FALSE(scenario.now().liveness.ok);
  scenario.Broker(1, kWorks).Run(1s);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
}

// Whatever comes from the broker is a reaction: it sends, so it lives.
TEST(FailureLatch, AnyMessageFromTheBrokerEndsIt) {
  for (const MessageKind kind : {MessageKind::kLate, MessageKind::kDuplicate, MessageKind::kForeign,
                                 MessageKind::kRetained}) {
    Scenario scenario = Scenario::Working();
    scenario.Broker(kFrozen).Run(70s);
    ASSERT_FALSE(scenario.now().liveness.ok);
    scenario.Send(StrayMessage{0, kind});
    EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
    EXPECT_FALSE(scenario.now().readiness.ok) << "no such message is a success";
    // The next silence is another one, with a window of its own.
    EXPECT_GE(scenario.RunUntilLive(false, 100s), 58s);
    EXPECT_EQ(scenario.now().outlook.budget_left, 1);
  }
}

TEST(FailureLatch, MessageEndsTheSilenceInWhichPartOfTheLogWasMissed) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen).LogGap().Run(30s);
  scenario.Send(StrayMessage{0, MessageKind::kForeign});
  EXPECT_LE(scenario.RunUntilLive(false, 200s), 65s);
}

TEST(FailureLatch, SurvivesARestartOfTheAgent) {
  Scenario scenario = FailedByAFatalFault();
  scenario.RestartAgent(3s);
  scenario.LogGap().Run(12s);
  EXPECT_FALSE(scenario.now().liveness.ok) << scenario.now().liveness.message;
  EXPECT_EQ(scenario.now().outlook.budget_left, 2);
}

TEST(FailureLatch, StandsUntilAReaction) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen).Run(70s);
  ASSERT_FALSE(scenario.now().liveness.ok);
  scenario.Run(300s);
  EXPECT_FALSE(scenario.now().liveness.ok);
  EXPECT_EQ(scenario.now().outlook.budget_left, 2) << "one edge, one unit";
  scenario.Broker(kWorks).Run(2s);
  EXPECT_TRUE(scenario.now().liveness.ok);
}

TEST(FailureLatch, NewIncarnationEndsAHang) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen).Run(70s);
  ASSERT_FALSE(scenario.now().liveness.ok);
  scenario.Broker(kRefused).Run(5s);
  EXPECT_TRUE(scenario.now().liveness.ok) << "the next container must not inherit the verdict";
}

}  // namespace
}  // namespace vitals

// What a scenario's judge decided, recorded, read and judged anew: the same under the same policy,
// and what another policy would have changed.
#include "agent/replay_answer.h"
#include "tests/unit/agent/replay/recorded_scenario.h"

namespace vitals {
namespace {

using ReplaySessionTest = RecordedScenarioTest;

TEST_F(ReplaySessionTest, TheSamePolicyGivesTheSameVerdictsInTheSameWords) {
  Scenario scenario = Begin(Scenario::DefaultSettings(2));
  scenario.Run(5s).Log("save").Broker(kFrozen).Run(100s).Broker(kWorks).Run(20s);
  scenario.Log("overload").Run(10s).Broker(1, kRefused).Run(30s).Broker(kWorks).Run(60s);
  scenario.Broker({Path::kWorks, Path::kUnanswered}).Run(30s).Run(5s, 400ms).Suspend(3s).Run(10s);
  scenario.Broker(kRefused).Run(10s).Log("booting").Log("identified").Log("started");
  scenario.Broker(kWorks).Run(10s).Broker(kFrozen).Run(90s);
  const ReplayedLife life = Replay();
  EXPECT_GT(life.recorded.size(), 10u);
  EXPECT_TRUE(life.Identical());
  const ReplayAnswer answer = Answer(life);
  EXPECT_EQ(answer.recorded_failures, answer.replayed_failures);
  EXPECT_GE(answer.recorded_failures, 1);
  EXPECT_EQ(answer.avoided + answer.missed + answer.undecided + answer.added, 0);
  EXPECT_EQ(answer.recorded_wrong, answer.replayed_wrong);
}

TEST_F(ReplaySessionTest, AWorkerThatWentOnIsJudgedFromWhereItBegan) {
  Scenario scenario = Begin();
  scenario.LogLine("storage", "the disk is full").Broker(kFrozen).Run(50s);
  RestartAgent(scenario, 3s);
  scenario.LogLine("storage", "the disk is full", true).Run(40s).Broker(kWorks).Run(20s);
  const ReplayedLife life = Replay();
  EXPECT_TRUE(life.Identical());
  EXPECT_EQ(Answer(life).recorded_failures, 1) << "on the silence that the first had counted";
  resumed_.reset();
  EXPECT_FALSE(Replay().Identical());
}

TEST_F(ReplaySessionTest, ALongerWindowAvoidsTheRestartOfABrokerThatComesBack) {
  Begin().Broker(kFrozen).Run(80s).Broker(kWorks).Run(20s);
  settings_.policy.liveness_window = 120s;
  const ReplayedLife life = Replay();
  EXPECT_FALSE(life.Identical());
  const ReplayAnswer answer = Answer(life);
  EXPECT_EQ(answer.recorded_failures, 1);
  EXPECT_EQ(answer.replayed_failures, 0);
  EXPECT_EQ(answer.avoided, 1);
  EXPECT_EQ(answer.missed + answer.undecided + answer.added, 0);
}

TEST_F(ReplaySessionTest, AShorterWindowAddsARestart) {
  Begin().Broker(kFrozen).Run(40s).Broker(kWorks).Run(20s);
  settings_.policy.liveness_window = 30s;
  const ReplayAnswer answer = Answer(Replay());
  EXPECT_EQ(answer.recorded_failures, 0);
  EXPECT_EQ(answer.added, 1);
}

TEST_F(ReplaySessionTest, AHangThatAnotherPolicyWouldNotFailIsMissed) {
  Begin().Broker(kFrozen).Run(200s);
  settings_.policy.mode = Mode::kObserve;
  const ReplayAnswer answer = Answer(Replay());
  EXPECT_EQ(answer.recorded_failures, 1);
  EXPECT_EQ(answer.missed, 1);
  EXPECT_EQ(answer.avoided + answer.undecided, 0);
}

TEST_F(ReplaySessionTest, WhatTheRecordingIsTooShortForIsUndecided) {
  Begin().Broker(kFrozen).Run(100s);
  settings_.policy.liveness_window = 120s;
  const ReplayAnswer answer = Answer(Replay());
  EXPECT_EQ(answer.undecided, 1);
  EXPECT_EQ(answer.avoided + answer.missed, 0);
}

TEST_F(ReplaySessionTest, ReadinessIsWrongFromTheFaultUntilItIsNoticed) {
  Begin().Run(60s).Broker(kFrozen).Run(20s).Broker(kWorks).Run(60s);
  const ReplayAnswer noticed = Answer(Replay());
  EXPECT_GT(noticed.recorded_wrong, 1s) << "until the second failure, and until the third success";
  EXPECT_LT(noticed.recorded_wrong, 12s);
  settings_.policy.fail_after = 100;
  const ReplayAnswer ignored = Answer(Replay());
  EXPECT_EQ(ignored.recorded_wrong, noticed.recorded_wrong);
  EXPECT_NE(ignored.replayed_wrong, ignored.recorded_wrong);
}

}  // namespace
}  // namespace vitals

// Rows of the table of verdicts (docs/verdicts.md) about the agent and about people.
#include <gmock/gmock.h>

#include "tests/support/judge/expect_verdicts.h"

namespace vitals {
namespace {

using testing::HasSubstr;

TEST(VerdictRows, DrainTurnsReadinessOffAtOnceAndHoldsLivenessForItsBound) {
  Settings settings = Scenario::DefaultSettings();
  settings.policy.drain_max = 300s;
  Scenario scenario = Scenario::Working(settings);
  scenario.Send({Command::Kind::kDrain, {}, "", ""});
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kDraining);
  scenario.Broker(kFrozen).Run(290s);
  ExpectVerdicts(scenario, true, false, true);
  scenario.Run(20s);
  ExpectVerdicts(scenario, true, false, false);
}

TEST(VerdictRows, DrainEndsByWordAndAskingAgainDoesNotProlongIt) {
  Settings settings = Scenario::DefaultSettings();
  settings.policy.drain_max = 300s;
  Scenario scenario = Scenario::Working(settings);
  scenario.Send({Command::Kind::kDrain, {}, "", "uid 0"});
  ASSERT_TRUE(scenario.now().drain);
  EXPECT_EQ(scenario.now().drain->by, "uid 0");
  EXPECT_EQ(scenario.Find(ConditionType::kStopping)->reason, Reason::kDraining);
  scenario.Send({Command::Kind::kRelease, {}, "", ""});
  ExpectVerdicts(scenario, true, false, true);  // that ends holds only
  scenario.Send({Command::Kind::kUndrain, {}, "", ""});
  ExpectVerdicts(scenario, true, true, true);
  EXPECT_FALSE(scenario.now().drain);
  scenario.Send({Command::Kind::kDrain, {}, "", ""})
      .Run(200s)
      .Send({Command::Kind::kDrain, {}, "", ""});
  scenario.Run(110s);
  ExpectVerdicts(scenario, true, true, true);
}

TEST(VerdictRows, ConfigInvalidIsFlaggedAndCostsNoVerdict) {
  Scenario scenario = Scenario::Working();
  scenario.Send(ConfigurationRead{{}, "agent.yaml:3: unknown key 'polcy'"});
  ExpectVerdicts(scenario, true, true, true);
  EXPECT_EQ(scenario.Check_("observed").reason, Reason::kConfigInvalid);
  const Condition* observed = scenario.Find(ConditionType::kObserved);
  EXPECT_EQ(observed->status, Status::kFalse);
  EXPECT_EQ(observed->reason, Reason::kConfigInvalid);
  EXPECT_EQ(observed->message, "agent.yaml:3: unknown key 'polcy'");
  scenario.Send(ConfigurationRead{});
  EXPECT_NE(scenario.Find(ConditionType::kObserved)->reason, Reason::kConfigInvalid);
}

TEST(VerdictRows, AgentRefusedKeepsTheVerdictsAndIsFlagged) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kBadPassword, Path::kBadPassword}).Run(900s);
  ExpectVerdicts(scenario, true, true, true);
  EXPECT_EQ(scenario.Find(ConditionType::kObserved)->status, Status::kFalse);
  EXPECT_EQ(scenario.Find(ConditionType::kObserved)->reason, Reason::kAgentFault);
  ASSERT_EQ(scenario.now().agent_faults.size(), 1u);
  EXPECT_EQ(scenario.now().agent_faults[0], FailReason::kBadCredentials);
  // What was seen before is kept, and said to be no more than that.
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kAgentFault);
  EXPECT_THAT(scenario.now().readiness.message,
              HasSubstr("accepting/e0: connack: bad_credentials"));
  EXPECT_EQ(scenario.Check_("accepting/e0").reason, Reason::kAgentFault);
  EXPECT_EQ(scenario.Check_("delivering/e0").reason, Reason::kAgentFault);
  EXPECT_EQ(scenario.Find(ConditionType::kAccepting, "e0")->reason, Reason::kAgentFault);
  scenario.Broker(kWorks).Run(3s);
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kOk);
}

TEST(VerdictRows, AgentRefusedFromTheStartFollowsTheLog) {
  Scenario with_log;
  with_log.Log("booting", true).Log("identified", true).Log("started", true);
  with_log.Broker({Path::kBadPassword, Path::kBadPassword}).Run(10s);
  ExpectVerdicts(with_log, true, true, true);

  Scenario without_log;
  without_log.Broker({Path::kBadPassword, Path::kBadPassword}).Run(10s);
  ExpectVerdicts(without_log, true, false, true);
  EXPECT_EQ(without_log.now().readiness.reason, Reason::kAgentFault);
}

TEST(VerdictRows, AgentLateNeitherKillsNorKeepsReadyForEver) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen).Run(300s, 300ms);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
  Scenario deaf = Scenario::Working();
  deaf.Run(1s, 31s);
  ExpectVerdicts(deaf, true, false, true);
  EXPECT_EQ(deaf.now().readiness.reason, Reason::kAgentLate);
}

TEST(VerdictRows, AgentLateBySuspensionDoesNotCountTheTimeItMissed) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen).Run(5s).Suspend(3600s).Run(20s);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
}

TEST(VerdictRows, HeldByPersonIsCutToThePolicyAndEndsByWord) {
  Settings settings = Scenario::DefaultSettings();
  settings.policy.hold_max = 300s;
  Scenario scenario = Scenario::Working(settings);
  scenario.Send({Command::Kind::kHold, 3600s, "heap dump", "uid 0"});
  ASSERT_TRUE(scenario.now().hold);
  EXPECT_EQ(scenario.now().hold->until - scenario.now().hold->since, 300s);
  EXPECT_EQ(scenario.now().hold->reason, "heap dump");
  scenario.Broker(kFrozen).Run(100s);
  ExpectVerdicts(scenario, true, false, true);
  scenario.Send({Command::Kind::kRelease, {}, "", ""});
  ExpectVerdicts(scenario, true, false, false);
}

TEST(VerdictRows, HeldByPersonIsBounded) {
  Scenario scenario = Scenario::Working();
  scenario.Send({Command::Kind::kHold, 300s, "heap dump", ""}).Broker(kFrozen).Run(290s);
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kHeldByPerson);
  scenario.Run(20s);
  ExpectVerdicts(scenario, true, false, false);
}

}  // namespace
}  // namespace vitals

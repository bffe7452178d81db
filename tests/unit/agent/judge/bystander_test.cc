// What the connections of other clients may say before liveness fails.
#include <gtest/gtest.h>

#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

constexpr Behaviour kUnanswered{Path::kUnanswered, Path::kUnanswered};

Duration FailsAfter(Scenario& scenario) { return scenario.RunUntilLive(false, 400s); }

TEST(Bystander, ServedBeforeOurSilenceProvesNothing) {
  Scenario scenario = Scenario::Working();
  scenario.Others(Bystanders::kIdle).Broker(kFrozen);
  EXPECT_LE(FailsAfter(scenario), 65s);
}

TEST(Bystander, ServedLongAgoProvesNothingForEver) {
  Scenario scenario = Scenario::Working();
  scenario.Others(Bystanders::kServed).Broker(kFrozen).Run(300s);
  scenario.Others(Bystanders::kNone);
  EXPECT_LE(FailsAfter(scenario), 70s);
}

TEST(Bystander, FailureThatStandsIsNotTakenBackByAnIdleLook) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen).Run(70s);
  ASSERT_FALSE(scenario.now().liveness.ok);
  scenario.Others(Bystanders::kIdle).Run(30s);
  EXPECT_FALSE(scenario.now().liveness.ok);
}

TEST(Bystander, WhereTheyAreHiddenTheStandingConnectionDecides) {
  Scenario scenario = Scenario::Working();
  scenario.Others(Bystanders::kHidden).Broker(kFrozen);
  EXPECT_LE(FailsAfter(scenario), 65s);
}

TEST(Bystander, HiddenAndWithoutAStandingConnectionTheWindowIsLong) {
  Scenario scenario = Scenario::Working();
  scenario.Others(Bystanders::kHidden).Broker({Path::kUnread, Path::kWorks}).Run(30s);
  scenario.Broker(kFrozen).RestartAgent(2s);
  const Duration fails = FailsAfter(scenario);
  EXPECT_GE(fails, 290s);
  EXPECT_LE(fails, 310s);
}

TEST(Bystander, AgentRestartedWhileDescriptorsAreExhaustedNeverKills) {
  Scenario scenario = Scenario::Working();
  scenario.Others(Bystanders::kServed).Broker({Path::kUnread, Path::kWorks}).Run(60s);
  // The new agent has no standing connection, and gets none.
  scenario.Broker(kFrozen).RestartAgent(2s);
  scenario.Run(900s);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kOthersServed);
}

TEST(Bystander, WhoIsAnsweredVetoesUnanswered) {
  Scenario scenario = Scenario::Working();
  scenario.Others(Bystanders::kServed).Broker(kUnanswered).Run(900s);
  EXPECT_TRUE(scenario.now().liveness.ok);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kOthersServed);
}

}  // namespace
}  // namespace vitals

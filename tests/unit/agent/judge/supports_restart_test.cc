// A fatal fault of the log fails liveness only together with connects that keep failing.
#include <gtest/gtest.h>

#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

void ExpectNoFailure(Scenario& scenario, Behaviour behaviour) {
  scenario.Log("out_of_memory").Broker(behaviour).Run(300s);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
  EXPECT_EQ(scenario.now().outlook.budget_left, 3);
}

TEST(SupportsRestart, FaultThatIsOlderThanTwoMinutesExplainsNothing) {
  Scenario scenario = Scenario::Working();
  // The line comes again and again, and stops long before connects fail.
  scenario.Broker({Path::kQuota, Path::kWorks}).Log("out_of_memory").Run(125s);
  scenario.Broker({Path::kReset, Path::kWorks}).Run(300s);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
}

TEST(SupportsRestart, RefusalsAndCodesAreNoFailuresOfThisKind) {
  for (const Path path : {Path::kQuota, Path::kServerUnavailable, Path::kBadPassword}) {
    Scenario scenario = Scenario::Working();
    ExpectNoFailure(scenario, {path, Path::kWorks});
  }
}

// A broker that refuses by a code answers, whatever it did before.
TEST(SupportsRestart, ResetsThatTurnIntoCodesHaveEnded) {
  Scenario scenario = Scenario::Working();
  scenario.Log("out_of_memory").Broker({Path::kReset, Path::kWorks}).Run(10s);
  scenario.Broker({Path::kQuota, Path::kWorks}).Run(300s);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
  EXPECT_EQ(scenario.now().outlook.budget_left, 3);
}

TEST(SupportsRestart, LateAnswersAreNoSilence) {
  for (const bool let_in : {true, false}) {
    Scenario scenario = Scenario::Working();
    scenario.Log("out_of_memory");
    ConnectEvidence connect;
    connect.connection = 1'000'000;
    for (int i = 0; i < 100; ++i) {
      ++connect.connection;
      connect.grade = ConnectEvidence::Grade::kSoft;
      connect.failure = MakeFailure(Stage::kConnack, FailReason::kUnanswered);
      connect.reacted = false;
      scenario.Run(500ms).Send(connect);
      ASSERT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
      connect.grade = ConnectEvidence::Grade::kFinal;
      connect.failure = MakeFailure(Stage::kConnack, FailReason::kServerBusy);
      if (let_in) connect.failure.reset();
      connect.reacted = true;
      scenario.Run(500ms).Send(connect);
    }
  }
}

TEST(SupportsRestart, ForgeableLogNeverSpeaksForARestart) {
  const auto forgeable = Scenario::TestProfile();
  forgeable->forgeable = true;
  Scenario scenario = Scenario::Working(Scenario::DefaultSettings(), {}, forgeable);
  ExpectNoFailure(scenario, {Path::kReset, Path::kReset});
}

TEST(SupportsRestart, OneEndpointIsEnoughTheOneThatFailsLongest) {
  Scenario scenario = Scenario::Working(Scenario::DefaultSettings(2));
  scenario.Log("out_of_memory").Broker(1, {Path::kReset, Path::kReset}).Run(30s);
  scenario.Broker(0, {Path::kReset, Path::kWorks});
  EXPECT_LE(scenario.RunUntilLive(false, 60s), 35s);
}

TEST(SupportsRestart, TwoOfSixAreTooFew) {
  Scenario scenario = Scenario::Working();
  scenario.Log("out_of_memory");
  for (int i = 0; i < 300; ++i) {
    scenario.Broker({i % 3 == 0 ? Path::kReset : Path::kWorks, Path::kWorks}).Run(500ms);
  }
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
  EXPECT_EQ(scenario.now().outlook.budget_left, 3);
}

TEST(SupportsRestart, BrokerThatLetsClientsInAgainIsNotFailedAtTheLastMoment) {
  Scenario scenario = Scenario::Working();
  scenario.Log("out_of_memory").Broker({Path::kReset, Path::kWorks}).Run(59s);
  scenario.Broker(kWorks).Run(20s);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
  EXPECT_EQ(scenario.now().outlook.budget_left, 3);
}

TEST(SupportsRestart, FaultIsDroppedOnceSixOfSixConnectsAreGood) {
  Scenario scenario = Scenario::Working();
  scenario.Log("out_of_memory").Broker({Path::kReset, Path::kWorks}).Run(30s);
  scenario.Broker(kWorks).Run(70s);
  EXPECT_EQ(scenario.Find(ConditionType::kFaulted, "memory")->status, Status::kFalse);
}

}  // namespace
}  // namespace vitals

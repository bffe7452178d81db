// What the log says and MQTT contradicts.
#include <gtest/gtest.h>

#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

TEST(Contradiction, ClosedPortsThatLetClientsInAreNoLongerBelieved) {
  Scenario scenario = Scenario::Working();
  scenario.Log("maintenance").Run(10s);
  EXPECT_EQ(scenario.Find(ConditionType::kStopping, "maintenance")->status, Status::kTrue);
  scenario.Run(30s);
  const Condition* maintenance = scenario.Find(ConditionType::kStopping, "maintenance");
  EXPECT_EQ(maintenance->status, Status::kFalse);
  EXPECT_EQ(maintenance->reason, Reason::kContradicted);
  // Its rule is deaf for an hour: refused ports now are the end of the broker.
  scenario.Log("maintenance").Broker(kRefused).Run(5s);
  EXPECT_EQ(scenario.now().startup.reason, Reason::kGone);
}

TEST(Contradiction, RuleThatWasIgnoredIsBelievedAgainAfterAnHour) {
  Scenario scenario = Scenario::Working();
  scenario.Log("alarm").Run(40s);
  ASSERT_EQ(scenario.Find(ConditionType::kOverloaded, "alarm")->reason, Reason::kContradicted);
  EXPECT_TRUE(scenario.now().readiness.ok);
  scenario.Log("alarm").Run(1s);
  EXPECT_TRUE(scenario.now().readiness.ok);
  scenario.RestartAgent(1s);
  scenario.Log("alarm").Run(1s);
  EXPECT_TRUE(scenario.now().readiness.ok) << "a restart of the agent changes nothing";
  scenario.Run(3600s).Log("alarm").Run(1s);
  EXPECT_FALSE(scenario.now().readiness.ok);
}

TEST(Contradiction, AlarmThatMqttConfirmsStands) {
  Scenario scenario = Scenario::Working();
  scenario.Log("alarm").Broker({Path::kUnanswered, Path::kUnanswered}).Run(60s);
  EXPECT_EQ(scenario.Find(ConditionType::kOverloaded, "alarm")->status, Status::kTrue);
}

TEST(Contradiction, WithoutABoundOfItsRuleAnHonestLogIsBelieved) {
  Scenario scenario = Scenario::Working();
  scenario.Log("overload").Run(7200s);
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kOverloaded);
}

TEST(Contradiction, ForgeableLogHoldsHalfAnHourHoweverOftenItIsRepeated) {
  const auto forgeable = Scenario::TestProfile();
  forgeable->forgeable = true;
  Scenario scenario = Scenario::Working(Scenario::DefaultSettings(), {}, forgeable);
  scenario.Log("storage");
  for (int minute = 0; minute < 29; ++minute) scenario.Run(60s).Log("storage");
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kStorageFault);
  scenario.Run(61s).Log("storage").Run(1s);
  EXPECT_TRUE(scenario.now().readiness.ok) << scenario.now().readiness.message;
}

}  // namespace
}  // namespace vitals

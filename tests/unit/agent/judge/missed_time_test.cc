// An agent that was suspended or starved has seen nothing: no clock of the judge runs meanwhile.
#include <gtest/gtest.h>

#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

TEST(MissedTime, OfABootIsNoStandstill) {
  Scenario scenario;
  scenario.Broker(kRefused).Log("booting").Run(60s).Suspend(3600s).Run(50s);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
  scenario.Run(15s);
  EXPECT_FALSE(scenario.now().liveness.ok) << "110 s before and after it, and 15 s more";
}

TEST(MissedTime, OfAnOverdueBootIsNoLackOfProgress) {
  Scenario scenario;
  scenario.Broker(kRefused).Log("booting").Run(60s).Suspend(3600s);
  for (int i = 0; i < 5; ++i) scenario.Run(10s).Log("storage");
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
}

TEST(MissedTime, StarvedTicksCountForNoBootEither) {
  Scenario scenario;
  scenario.Broker(kRefused).Log("booting").Run(60s).Run(300s, 1s).Run(50s);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
}

TEST(MissedTime, OfFailingConnectsSupportsNoRestart) {
  Scenario scenario = Scenario::Working();
  scenario.Log("out_of_memory").Broker({Path::kReset, Path::kWorks}).Run(20s).Suspend(3600s);
  scenario.Run(20s);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
  scenario.Run(25s);
  EXPECT_FALSE(scenario.now().liveness.ok);
}

TEST(MissedTime, OfLostDeliveryFailsNothing) {
  Settings settings = Scenario::DefaultSettings(2);
  settings.endpoints[1].round_trip = true;
  settings.policy.on_lost_delivery = OnLostDelivery::kFail;
  Scenario scenario = Scenario::Working(settings);
  scenario.Broker({Path::kWorks, Path::kLost}).Run(100s).Suspend(3600s).Run(100s);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
  scenario.Run(110s);
  EXPECT_FALSE(scenario.now().liveness.ok);
}

TEST(MissedTime, MakesNoOldLookAtOthersALackOfOthers) {
  Scenario scenario = Scenario::Working();
  scenario.Others(Bystanders::kServed).Broker(kFrozen).Run(170s).Suspend(400s).Run(100s);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
  EXPECT_EQ(scenario.now().outlook.budget_left, 3);
}

}  // namespace
}  // namespace vitals

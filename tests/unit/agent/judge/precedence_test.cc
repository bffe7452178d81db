// Which finding of liveness goes first, where several stand.
#include <gtest/gtest.h>

#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

TEST(Precedence, HoldGoesBeforeADrainAndADrainBeforeABoot) {
  Scenario scenario = Scenario::Working();
  scenario.Send({Command::Kind::kDrain, {}, "", ""}).Send({Command::Kind::kHold, 60s, "why", "me"});
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kHeldByPerson);
  scenario.Run(61s);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kDraining);
  EXPECT_FALSE(scenario.now().hold);
}

TEST(Precedence, ABootGoesBeforeAHang) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kRefused).Run(5s).Log("booting").Broker(kFrozen).Run(70s);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kBooting);
  EXPECT_TRUE(scenario.now().liveness.ok);
}

TEST(Precedence, AShutdownGoesBeforeAHang) {
  Scenario scenario = Scenario::Working();
  scenario.Log("stopping").Broker(kFrozen).Run(70s);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kStopping);
}

TEST(Precedence, AHangGoesBeforeAFatalFault) {
  Scenario scenario = Scenario::Working();
  scenario.Log("out_of_memory").Broker(kFrozen).Run(100s);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kHung);
}

TEST(Precedence, AHoldOfTheLogHoldsAHangOnly) {
  Scenario scenario = Scenario::Working();
  scenario.Log("out_of_memory").Broker({Path::kReset, Path::kReset}).Log("save").Run(70s);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kSupportsRestart);
  EXPECT_FALSE(scenario.now().liveness.ok);
}

TEST(Precedence, AlarmsAndFaultsThatOnlyReadinessHeedsStopNoClock) {
  Scenario scenario = Scenario::Working();
  scenario.Log("overload").Log("storage").Log("peers_missing").Broker(kFrozen);
  EXPECT_LE(scenario.RunUntilLive(false, 100s), 65s);
}

}  // namespace
}  // namespace vitals

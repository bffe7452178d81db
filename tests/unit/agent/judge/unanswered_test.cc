// A broker that reads, and answers nobody.
#include <gtest/gtest.h>

#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

TEST(Unanswered, NeedsAConnectionThatDeliveredInThisBoot) {
  Scenario scenario;
  scenario.Broker({Path::kWorks, Path::kUnanswered}).Log("booting").Log("started").Run(20s);
  scenario.Broker({Path::kUnanswered, Path::kUnanswered}).Run(900s);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
}

TEST(Unanswered, IsShownOnlyWhereAlarmsAreSilentOrThePolicySaysSo) {
  const auto alarmed = Scenario::TestProfile();
  alarmed->silent_alarm = true;
  Settings off = Scenario::DefaultSettings();
  off.policy.on_unanswered = OnUnanswered::kOff;
  Scenario silent = Scenario::Working(Scenario::DefaultSettings(), {}, alarmed);
  Scenario asked = Scenario::Working(off);
  for (Scenario* each : {&silent, &asked}) {
    Scenario& scenario = *each;
    scenario.Broker({Path::kUnanswered, Path::kUnanswered}).Run(900s);
    EXPECT_TRUE(scenario.now().liveness.ok);
    EXPECT_EQ(scenario.now().liveness.reason, Reason::kUnanswered);
  }
}

TEST(Unanswered, IsShownOnlyForABrokerThatNobodyHasProven) {
  const auto unproven = Scenario::TestProfile();
  unproven->proven = false;
  Scenario scenario = Scenario::Working(Scenario::DefaultSettings(), {}, unproven);
  scenario.Broker({Path::kUnanswered, Path::kUnanswered}).Run(900s);
  EXPECT_TRUE(scenario.now().liveness.ok);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kUnanswered);
}

TEST(Unanswered, NeedsFreshConnectsThatAreUnansweredToo) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kQuota, Path::kUnanswered}).Run(900s);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
}

}  // namespace
}  // namespace vitals

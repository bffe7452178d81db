// What a failure of liveness costs, and what becomes of it without a unit or in observe mode.
#include <gtest/gtest.h>

#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

TEST(KillBudget, ExhaustedPassesAndSaysSo) {
  Settings settings = Scenario::DefaultSettings();
  settings.policy.kill_budget = 1;
  Scenario scenario = Scenario::Working(settings);
  scenario.Broker(kFrozen).Run(70s);
  ASSERT_FALSE(scenario.now().liveness.ok);
  scenario.Broker(kWorks).Run(5s).Broker(kFrozen).Run(70s);
  EXPECT_TRUE(scenario.now().liveness.ok);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kBudgetExhausted);
  EXPECT_TRUE(scenario.now().outlook.would_fail);
}

TEST(KillBudget, ObserveModeReportsPassesAndSpendsNothing) {
  Settings settings = Scenario::DefaultSettings();
  settings.policy.mode = Mode::kObserve;
  Scenario scenario = Scenario::Working(settings);
  scenario.Broker(kFrozen).Run(70s);
  EXPECT_TRUE(scenario.now().liveness.ok);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kObserveMode);
  EXPECT_TRUE(scenario.now().outlook.would_fail);
  EXPECT_EQ(scenario.now().outlook.budget_left, settings.policy.kill_budget);
}

TEST(KillBudget, UnitComesBackAfterItsWindow) {
  Settings settings = Scenario::DefaultSettings();
  settings.policy.kill_budget = 1;
  Scenario scenario = Scenario::Working(settings);
  scenario.Broker(kFrozen).Run(70s);
  ASSERT_EQ(scenario.now().outlook.budget_left, 0);
  scenario.Broker(kWorks).Run(settings.policy.kill_budget_window - 20s);
  EXPECT_EQ(scenario.now().outlook.budget_left, 0);
  scenario.Run(20s);
  EXPECT_EQ(scenario.now().outlook.budget_left, 1);
  scenario.Broker(kFrozen).Run(70s);
  EXPECT_FALSE(scenario.now().liveness.ok);
}

TEST(KillBudget, FailureThatFoundNoUnitIsNotEnforcedLater) {
  Settings settings = Scenario::DefaultSettings();
  settings.policy.kill_budget = 1;
  settings.policy.kill_budget_window = 300s;
  Scenario scenario = Scenario::Working(settings);
  scenario.Broker(kFrozen).Run(70s).Broker(kWorks).Run(5s).Broker(kFrozen).Run(70s);
  ASSERT_EQ(scenario.now().liveness.reason, Reason::kBudgetExhausted);
  scenario.Run(300s);
  EXPECT_TRUE(scenario.now().liveness.ok) << "one edge, one decision";
}

}  // namespace
}  // namespace vitals

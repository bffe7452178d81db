// A fault of the agent speaks neither for the broker nor against it.
#include <gtest/gtest.h>

#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

TEST(AgentRefused, OneProbeIsNoExcuseForTheOther) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kQuota, Path::kBadPassword}).Run(20s);
  EXPECT_FALSE(scenario.now().readiness.ok);
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kNotAccepting);
  EXPECT_TRUE(scenario.Check_("delivering/e0").ok) << "kept";
  EXPECT_EQ(scenario.Check_("delivering/e0").reason, Reason::kAgentFault);
}

TEST(AgentRefused, WhatWasBadBeforeStaysBad) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kQuota, Path::kWorks}).Run(20s);
  scenario.Broker({Path::kBadPassword, Path::kWorks}).Run(60s);
  EXPECT_FALSE(scenario.now().readiness.ok);
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kAgentFault);
}

TEST(AgentRefused, EndpointThatNobodyWantsIsOnlyFlagged) {
  Settings settings = Scenario::DefaultSettings(2);
  settings.endpoints[1].wanted = false;
  Scenario scenario = Scenario::Working(settings);
  scenario.Broker(1, {Path::kBadPassword, Path::kBadPassword}).Run(20s);
  EXPECT_TRUE(scenario.now().readiness.ok);
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kOk);
  EXPECT_EQ(scenario.Check_("observed").reason, Reason::kAgentFault);
}

}  // namespace
}  // namespace vitals

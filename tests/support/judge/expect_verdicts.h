// What a table test expects of the three verdicts.
#pragma once

#include <gtest/gtest.h>

#include "tests/support/judge/scenario.h"

namespace vitals {

inline void ExpectVerdicts(const Scenario& scenario, bool startup, bool ready, bool live) {
  EXPECT_EQ(scenario.now().startup.ok, startup) << scenario.now().startup.message;
  EXPECT_EQ(scenario.now().readiness.ok, ready) << scenario.now().readiness.message;
  EXPECT_EQ(scenario.now().liveness.ok, live) << scenario.now().liveness.message;
}

}  // namespace vitals

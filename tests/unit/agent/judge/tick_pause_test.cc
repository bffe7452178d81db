// How often the judge wants to be told that time has passed.
#include <gtest/gtest.h>

#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

using namespace std::chrono_literals;

TEST(TickPause, SeldomWhileAllIsWell) {
  Scenario scenario = Scenario::Working();
  EXPECT_EQ(scenario.TickPause(), 300ms);
  for (int i = 0; i < 600; ++i) {
    ASSERT_EQ(scenario.Run(100ms).TickPause(), 300ms) << "after " << i << " steps";
  }
}

// A silence is measured in ticks from its second second on.
TEST(TickPause, SoonOnceAnAnswerIsMissing) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen).Run(3s);
  EXPECT_EQ(scenario.TickPause(), 100ms);
  EXPECT_FALSE(scenario.now().readiness.ok);
  scenario.Broker(kWorks).RunUntilReady(true, 60s);
  EXPECT_EQ(scenario.TickPause(), 300ms);
}

TEST(TickPause, SoonWhileALoopIsLate) {
  Scenario scenario = Scenario::Working();
  scenario.Run(1s, 300ms);
  EXPECT_EQ(scenario.TickPause(), 100ms);
}

TEST(TickPause, SoonBeforeAnythingIsKnown) {
  const Settings settings = Scenario::DefaultSettings(1);
  EXPECT_EQ(Judge(settings, Scenario::TestProfile(), Time{}).TickPause(), 100ms);
}

}  // namespace
}  // namespace vitals

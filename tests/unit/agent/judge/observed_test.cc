// What the agent says about its own evidence.
#include <gtest/gtest.h>

#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

TEST(Observed, SaysThatPartOfTheLogWasMissed) {
  Scenario scenario = Scenario::Working();
  LogProgress progress;
  progress.files = 1;
  progress.gaps = 1;
  scenario.Progress(progress).Run(1s);
  EXPECT_EQ(scenario.Find(ConditionType::kObserved)->reason, Reason::kLogGap);
  EXPECT_TRUE(scenario.now().readiness.ok);
  scenario.Run(300s);
  EXPECT_EQ(scenario.Find(ConditionType::kObserved)->status, Status::kTrue);
  progress.lag = 6s;
  scenario.Progress(progress).Run(1s);
  EXPECT_EQ(scenario.Find(ConditionType::kObserved)->reason, Reason::kLogGap);
}

TEST(Observed, SaysThatALogShowsNoLifeCycleOfThisBoot) {
  LogProgress followed;
  followed.files = 1;
  Scenario scenario;
  scenario.Broker(kWorks).Progress(followed).Run(2s);
  ASSERT_TRUE(scenario.now().startup.ok);
  EXPECT_EQ(scenario.Find(ConditionType::kObserved)->status, Status::kFalse);
  EXPECT_EQ(scenario.Find(ConditionType::kObserved)->reason, Reason::kLogSilent);
  EXPECT_TRUE(scenario.now().readiness.ok);

  Scenario told = Scenario::Working();
  told.Progress(followed).Run(1s);
  EXPECT_EQ(told.Find(ConditionType::kObserved)->status, Status::kTrue);
}

}  // namespace
}  // namespace vitals

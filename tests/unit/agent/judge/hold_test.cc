// What work that the log announces may hold, and for how long.
#include <gtest/gtest.h>

#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

TEST(Hold, NeedsAConnectionThatWorkedWhenItsLineCame) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen).Run(10s).Log("save").Run(60s);
  EXPECT_FALSE(scenario.now().liveness.ok) << "a frozen broker that writes lines is held by none";
}

TEST(Hold, EndsAtTheFirstReactionToBytesSentAfterItsLine) {
  Scenario scenario = Scenario::Working();
  scenario.Log("save").Run(3s);
  ASSERT_EQ(scenario.Find(ConditionType::kBusy, "save")->status, Status::kFalse);
  scenario.Broker(kFrozen).Run(70s);
  EXPECT_FALSE(scenario.now().liveness.ok);
}

TEST(Hold, OutlivesAnAnswerToBytesThatWereSentBeforeItsLine) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen).Run(500ms).Log("save").Run(500ms);
  RoundTripEvidence answered;
  answered.reacted = true;
  answered.stages[static_cast<std::size_t>(Stage::kDelivery)] = 700ms;
  scenario.Send(answered).Run(70s);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kHeld);
}

TEST(Hold, ComesFromAnnouncedWorkOnly) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen);
  for (int second = 0; second < 70; ++second) scenario.Log("storage").Log("overload").Run(1s);
  EXPECT_FALSE(scenario.now().liveness.ok) << "a flood of errors holds nothing";
}

}  // namespace
}  // namespace vitals

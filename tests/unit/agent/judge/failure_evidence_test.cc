// What is kept of the moment in which liveness failed, or would have but for something.
#include <gmock/gmock.h>

#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

using std::chrono_literals::operator""min;
using testing::HasSubstr;
using testing::SizeIs;

TEST(FailureEvidence, NoneWhileNothingFails) {
  Scenario scenario = Scenario::Working();
  EXPECT_EQ(scenario.now().failure, nullptr);
  scenario.Broker(kFrozen).Run(50s);
  EXPECT_EQ(scenario.now().failure, nullptr) << "the window is not over";
}

TEST(FailureEvidence, AHangIsKeptAsItWasAtTheEdge) {
  Scenario scenario = Scenario::Working();
  scenario.Others(Bystanders::kIdle).Broker(kFrozen);
  ASSERT_LT(scenario.RunUntilLive(false, 90s), 90s);
  const auto failure = scenario.now().failure;
  ASSERT_NE(failure, nullptr);
  EXPECT_EQ(failure->outcome, FailureOutcome::kFails);
  EXPECT_EQ(failure->reason, Reason::kHung);
  EXPECT_EQ(failure->message, scenario.now().liveness.message);
  EXPECT_EQ(failure->window, 60s);
  EXPECT_GE(failure->read_silence, 60s);
  EXPECT_GE(failure->answer_silence, 60s);
  EXPECT_EQ(failure->budget_left, 2);
  EXPECT_EQ(failure->hold, "");
  ASSERT_THAT(failure->paths, SizeIs(1));
  const PathEvidence& path = failure->paths.front();
  EXPECT_EQ(path.endpoint, "e0");
  EXPECT_TRUE(path.reacted);
  EXPECT_GE(path.answered, 59s);
  ASSERT_TRUE(path.standing);
  EXPECT_TRUE(IsUnread(path.standing->far_end));
  EXPECT_GT(path.standing->unread_bytes, 0u);
  ASSERT_THAT(path.pending, SizeIs(3));
  EXPECT_GE(path.pending[0].age, 55s);
  EXPECT_GT(path.pending[0].age, path.pending[1].age) << "oldest first";
  ASSERT_TRUE(path.others);
  EXPECT_TRUE(path.others->complete);

  scenario.Run(30s);
  EXPECT_EQ(scenario.now().failure, failure) << "it stays what it was";
  scenario.Broker(kWorks).Run(5s);
  EXPECT_EQ(scenario.now().failure, nullptr);
}

TEST(FailureEvidence, ObserveModeAndASpentBudgetSayWhatWouldHaveBeen) {
  for (const bool observe : {true, false}) {
    Settings settings = Scenario::DefaultSettings();
    settings.policy.mode = observe ? Mode::kObserve : Mode::kEnforce;
    settings.policy.kill_budget = 0;
    Scenario scenario = Scenario::Working(settings);
    scenario.Broker(kFrozen).Run(90s);
    ASSERT_TRUE(scenario.now().liveness.ok);
    ASSERT_NE(scenario.now().failure, nullptr);
    EXPECT_EQ(scenario.now().failure->outcome,
              observe ? FailureOutcome::kObserved : FailureOutcome::kBudgetExhausted);
    EXPECT_EQ(scenario.now().failure->reason, Reason::kHung);
  }
}

TEST(FailureEvidence, APersonsHoldThatAloneKeepsItPassingIsSaidOnce) {
  Scenario scenario = Scenario::Working();
  scenario.Send({Command::Kind::kHold, 10min, "heap dump", "uid 0"}).Broker(kFrozen).Run(50s);
  EXPECT_EQ(scenario.now().failure, nullptr);
  scenario.Run(20s);
  const auto held = scenario.now().failure;
  ASSERT_NE(held, nullptr);
  EXPECT_TRUE(scenario.now().liveness.ok);
  EXPECT_EQ(held->outcome, FailureOutcome::kHeld);
  EXPECT_EQ(held->reason, Reason::kHung);
  EXPECT_EQ(held->hold, "a person (uid 0): heap dump");
  scenario.Run(60s);
  EXPECT_EQ(scenario.now().failure, held);
  // Released, it fails: that is another one.
  scenario.Send({Command::Kind::kRelease, {}, {}, "uid 0"}).Run(1s);
  ASSERT_FALSE(scenario.now().liveness.ok);
  ASSERT_NE(scenario.now().failure, nullptr);
  EXPECT_EQ(scenario.now().failure->outcome, FailureOutcome::kFails);
  // Held again, the failure ends, and what it rests on does not.
  scenario.Send({Command::Kind::kHold, 10min, "second look", "uid 0"}).Run(1s);
  ASSERT_TRUE(scenario.now().liveness.ok);
  EXPECT_EQ(scenario.now().failure->outcome, FailureOutcome::kHeld);
}

TEST(FailureEvidence, AnnouncedWorkThatAloneKeepsItPassingIsNamed) {
  Scenario scenario = Scenario::Working();
  scenario.Log("save").Broker(kFrozen).Run(75s);
  ASSERT_EQ(scenario.now().liveness.reason, Reason::kHeld);
  ASSERT_NE(scenario.now().failure, nullptr);
  EXPECT_EQ(scenario.now().failure->outcome, FailureOutcome::kHeld);
  EXPECT_THAT(scenario.now().failure->hold, HasSubstr("announced by the log"));
}

TEST(FailureEvidence, TheFaultOfTheLogIsNamed) {
  Scenario scenario = Scenario::Working();
  scenario.Log("out_of_memory").Broker({Path::kReset, Path::kWorks});
  ASSERT_LT(scenario.RunUntilLive(false, 3min), 3min);
  ASSERT_NE(scenario.now().failure, nullptr);
  EXPECT_EQ(scenario.now().failure->reason, Reason::kSupportsRestart);
  EXPECT_EQ(scenario.now().failure->fault, "memory");
  EXPECT_TRUE(scenario.now().failure->paths.front().connecting);
}

// A worker that goes on where another stopped has not seen the edge, and says nothing about it.
TEST(FailureEvidence, AResumedFailureHasNone) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen).RunUntilLive(false, 90s);
  EXPECT_EQ(scenario.RestartAgent(1s), "");
  scenario.Run(15s);
  EXPECT_FALSE(scenario.now().liveness.ok);
  EXPECT_EQ(scenario.now().failure, nullptr);
}

}  // namespace
}  // namespace vitals

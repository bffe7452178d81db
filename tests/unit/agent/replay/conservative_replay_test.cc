// Each line of docs/policies.md: what was judged by `default`, judged anew by `conservative`.
#include "agent/config/recorded.h"
#include "agent/replay_answer.h"
#include "tests/unit/agent/replay/recorded_scenario.h"

namespace vitals {
namespace {

class ConservativeReplayTest : public RecordedScenarioTest {
 protected:
  ReplayedLife ReplayConservatively() {
    const auto loaded = LoadRecorded({{"policy", "policy: {name: conservative}"}});
    EXPECT_TRUE(loaded) << loaded.error().front().ToString();
    Settings settings = settings_;
    settings.policy = loaded->policy;
    return Replay(settings);
  }
  // The moments at which a verdict (1 readiness, 2 liveness) turned to `ok`.
  static std::vector<Time> Turns(const std::vector<VerdictChange>& changes, int verdict, bool ok) {
    std::vector<Time> turns;
    for (std::size_t i = 1; i < changes.size(); ++i) {
      const auto now = changes[i].now.verdicts.begin() + verdict;
      const auto before = changes[i - 1].now.verdicts.begin() + verdict;
      if (now->ok == ok && before->ok != ok) turns.push_back(changes[i].now.at);
    }
    return turns;
  }
};

TEST_F(ConservativeReplayTest, AStallOfLessThanThreeMinutesPasses) {
  Begin().Broker(kFrozen).Run(100s).Broker(kWorks).Run(20s);
  const ReplayAnswer answer = Answer(ReplayConservatively());
  EXPECT_EQ(answer.recorded_failures, 1);
  EXPECT_EQ(answer.replayed_failures, 0);
  EXPECT_EQ(answer.avoided, 1);
}

TEST_F(ConservativeReplayTest, AHangIsFoundLater) {
  Begin().Broker(kFrozen).Run(200s);
  const ReplayedLife life = ReplayConservatively();
  const auto then = Turns(life.recorded, 2, false), now = Turns(life.replayed, 2, false);
  ASSERT_EQ(then.size(), 1u);
  ASSERT_EQ(now.size(), 1u);
  EXPECT_NEAR(Seconds(now[0] - then[0]), 120, 5);
}

TEST_F(ConservativeReplayTest, ABrokerThatReadsAndNeverAnswersIsLeftAlone) {
  Begin().Broker({Path::kUnanswered, Path::kUnanswered}).Run(400s);
  const ReplayAnswer answer = Answer(ReplayConservatively());
  EXPECT_EQ(answer.recorded_failures, 1);
  EXPECT_EQ(answer.replayed_failures, 0);
}

TEST_F(ConservativeReplayTest, ABootMayBeSilentForLonger) {
  Begin().Broker(kRefused).Log("booting").Run(200s);
  const ReplayAnswer answer = Answer(ReplayConservatively());
  EXPECT_EQ(answer.recorded_failures, 1);
  EXPECT_EQ(answer.replayed_failures, 0);
}

TEST_F(ConservativeReplayTest, AStorageFaultLeavesTheBrokerInRotation) {
  Begin().Log("storage").Run(20s);
  const ReplayedLife life = ReplayConservatively();
  EXPECT_EQ(Turns(life.recorded, 1, false).size(), 1u);
  EXPECT_TRUE(Turns(life.replayed, 1, false).empty());
}

TEST_F(ConservativeReplayTest, TheThirdFailedRoundCounts) {
  Begin().Broker(kFrozen).Run(20s);
  const ReplayedLife life = ReplayConservatively();
  const auto then = Turns(life.recorded, 1, false), now = Turns(life.replayed, 1, false);
  ASSERT_EQ(then.size(), 1u);
  ASSERT_EQ(now.size(), 1u);
  EXPECT_NEAR(Seconds(now[0] - then[0]), 1, 0.3);
}

TEST_F(ConservativeReplayTest, FiveGoodRoundsBringReadinessBack) {
  Begin().Broker({Path::kWorks, Path::kLost}).Run(20s).Broker(kWorks).Run(20s);
  const ReplayedLife life = ReplayConservatively();
  const auto then = Turns(life.recorded, 1, true), now = Turns(life.replayed, 1, true);
  ASSERT_EQ(then.size(), 2u) << "at the boot, and after the hang";
  ASSERT_EQ(now.size(), 2u);
  EXPECT_NEAR(Seconds(now[1] - then[1]), 2, 0.3) << "two rounds, a second each after the third";
}

TEST_F(ConservativeReplayTest, OneFailureAnHour) {
  Begin().Broker(kFrozen).Run(250s).Broker(kWorks).Run(60s).Broker(kFrozen).Run(250s);
  const ReplayAnswer answer = Answer(ReplayConservatively());
  EXPECT_EQ(answer.recorded_failures, 2);
  EXPECT_EQ(answer.replayed_failures, 1);
}

}  // namespace
}  // namespace vitals

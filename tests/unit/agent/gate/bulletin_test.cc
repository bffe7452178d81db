// What the gate says with a worker, without one, and in between.
#include "agent/gate/bulletin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/agent/gate/sample_snapshot.h"

namespace vitals {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

class BulletinTest : public testing::Test {
 protected:
  void Worker(bool ready, bool alive, bool settled = true) {
    Snapshot snapshot = SampleSnapshot();
    snapshot.readiness.ok = ready;
    snapshot.liveness.ok = alive;
    page_->verdicts.Write(
        EncodeVerdicts(snapshot, {.generation = page_->generation, .settled = settled}));
  }
  void Restart() { ++page_->generation; }
  bool Ready() { return bulletin_.Now(now_).readiness->ok; }
  bool Alive() { return bulletin_.Now(now_).liveness->ok; }
  bool Started() { return bulletin_.Now(now_).startup->ok; }
  void Update(bool beating) { bulletin_.Update(beating, now_); }
  void Pass(Duration time) { now_ += time; }

  PageMapping page_ =
      *PageMapping::Create({.hold = seconds(30), .boot_max = minutes(10), .linger = {}});
  Time now_ = Time{} + seconds(1'000);
  Bulletin bulletin_{*page_, now_};
};

TEST_F(BulletinTest, BeforeTheFirstJudgement) {
  Update(false);
  EXPECT_FALSE(Started());
  EXPECT_FALSE(Ready());
  EXPECT_TRUE(Alive());
  Pass(minutes(10));
  Update(false);
  EXPECT_TRUE(Started()) << "no worker ever came: a broker must not be killed for that";
  EXPECT_FALSE(Ready());
  EXPECT_TRUE(Alive());
}

TEST_F(BulletinTest, SaysWhatTheWorkerSays) {
  Worker(true, true, false);
  Update(true);
  EXPECT_TRUE(Ready()) << "a first worker is heard from its first word on";
  Worker(true, false);
  Update(true);
  EXPECT_FALSE(Alive());
  Worker(false, true);
  EXPECT_TRUE(Ready()) << "not taken in yet";
  Update(true);
  EXPECT_FALSE(Ready());
  EXPECT_TRUE(Alive());
}

TEST_F(BulletinTest, WithoutAWorkerLivenessPassesAndReadinessIsHeld) {
  Worker(true, false);
  Update(true);
  ASSERT_FALSE(Alive());
  Restart();
  Update(false);
  EXPECT_TRUE(Alive());
  EXPECT_TRUE(Ready());
  Pass(seconds(29));
  EXPECT_TRUE(Ready());
  Pass(seconds(1));
  EXPECT_FALSE(Ready());
  EXPECT_EQ(bulletin_.Now(now_).readiness->reason, Reason::kAgentLate);
  EXPECT_THAT(std::string(bulletin_.Now(now_).readiness->message), HasSubstr("no worker for 30 s"));
  EXPECT_TRUE(Started());
  EXPECT_TRUE(Alive());
}

TEST_F(BulletinTest, AFailedReadinessIsHeldAsWell) {
  Worker(false, true);
  Update(true);
  Restart();
  Update(false);
  EXPECT_FALSE(Ready());
  EXPECT_EQ(bulletin_.Now(now_).readiness->reason, Reason::kNotAccepting);
}

TEST_F(BulletinTest, ANewWorkerCountsOnceItsVerdictsAreSettled) {
  Worker(true, true);
  Update(true);
  Restart();
  Update(false);
  Pass(seconds(1));
  Worker(false, false, false);
  Update(true);
  EXPECT_TRUE(Ready()) << "it has seen nothing yet";
  EXPECT_TRUE(Alive());
  Worker(false, false, true);
  Update(true);
  EXPECT_FALSE(Ready());
  EXPECT_FALSE(Alive());
}

TEST_F(BulletinTest, AWorkerThatNeverSettlesIsNoWorker) {
  Worker(true, true);
  Update(true);
  Restart();
  Update(false);
  Pass(seconds(30));
  Worker(true, true, false);
  Update(true);
  EXPECT_FALSE(Ready());
}

TEST_F(BulletinTest, WordsOfADeadWorkerDoNotCount) {
  Worker(true, true);
  Update(true);
  Worker(false, false);
  Restart();
  Update(true);
  EXPECT_TRUE(Ready());
  EXPECT_TRUE(Alive());
}

TEST_F(BulletinTest, BytesThatMakeNoSenseChangeNothing) {
  Worker(true, false);
  Update(true);
  page_->verdicts.Write("nonsense");
  Update(true);
  EXPECT_TRUE(Ready());
  EXPECT_FALSE(Alive());
}

}  // namespace
}  // namespace vitals

#include "agent/gate/supervisor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

namespace vitals {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

class FakeHands final : public WorkerHands {
 public:
  bool Spawn() override {
    ++spawned;
    return !no_process;
  }
  void Signal(int signal) override { signals.push_back(signal); }
  void Forget() override { ++forgot; }
  void Reloaded() override { ++reloaded; }
  void LeaveOut(Source source, Time until) override { left_out.emplace_back(source, until); }
  void Tell(const char* text, const WorkerEnd&, Duration pause) override {
    told = text;
    pauses.push_back(pause);
  }

  int spawned = 0;
  int reloaded = 0;
  int forgot = 0;
  bool no_process = false;
  std::vector<int> signals;
  std::vector<std::pair<Source, Time>> left_out;
  std::string told;
  std::vector<Duration> pauses;
};

class SupervisorTest : public testing::Test {
 protected:
  // Lets time pass in ticks that are on time.
  void Pass(Duration time, bool beats = true) {
    for (Duration passed{}; passed < time; passed += Supervisor::kTick) {
      now_ += Supervisor::kTick;
      if (beats) ++beat_;
      supervisor_.Tick(beat_, now_);
    }
  }
  void Die(WorkerEnd end = {.code = -1, .signal = SIGKILL, .crashed = {}}) {
    supervisor_.Ended(end, now_);
  }
  static WorkerEnd Crash(Source source) {
    return {.code = -1, .signal = SIGSEGV, .crashed = source};
  }

  FakeHands hands_;
  Time now_ = Time{} + seconds(100);
  std::int64_t beat_ = 0;
  Supervisor supervisor_{hands_, Duration{}, now_};
};

TEST_F(SupervisorTest, StartsAWorkerAndHearsItsHeart) {
  EXPECT_EQ(hands_.spawned, 1);
  EXPECT_FALSE(supervisor_.beating());
  Pass(milliseconds(100));
  EXPECT_TRUE(supervisor_.beating());
}

TEST_F(SupervisorTest, RestartsAtOnceThenSlowerAndSlower) {
  Pass(milliseconds(100));
  for (int i = 0; i < 9; ++i) {
    const int before = hands_.spawned;
    Die();
    EXPECT_FALSE(supervisor_.beating());
    const Duration pause = hands_.pauses.back();
    if (pause > Duration{}) {
      Pass(pause - milliseconds(100), false);
      EXPECT_EQ(hands_.spawned, before);
      Pass(milliseconds(100), false);
    }
    EXPECT_EQ(hands_.spawned, before + 1);
  }
  EXPECT_THAT(hands_.pauses, ElementsAre(milliseconds(0), milliseconds(100), milliseconds(200),
                                         milliseconds(400), milliseconds(800), milliseconds(1'600),
                                         milliseconds(3'200), seconds(5), seconds(5)));
}

TEST_F(SupervisorTest, TwoSecondsOfHeartbeatsForgiveAll) {
  Pass(milliseconds(100));
  for (int i = 0; i < 5; ++i) {
    Die();
    Pass(seconds(1), false);
  }
  Pass(milliseconds(2'100));
  Die();
  EXPECT_EQ(hands_.pauses.back(), Duration{});
}

// What a worker leaves for the next may be the poison.
TEST_F(SupervisorTest, TheThirdInARowStartsAfresh) {
  Pass(milliseconds(100));
  for (int i = 0; i < 2; ++i) {
    Die();
    Pass(milliseconds(100), false);
  }
  EXPECT_EQ(hands_.forgot, 0);
  Die();
  EXPECT_EQ(hands_.forgot, 1);
  Pass(seconds(3));
  Die();
  EXPECT_EQ(hands_.forgot, 1);
}

TEST_F(SupervisorTest, AHungWorkerIsKilled) {
  Pass(seconds(3));
  Pass(milliseconds(1'900), false);
  EXPECT_TRUE(supervisor_.beating());
  EXPECT_TRUE(hands_.signals.empty());
  Pass(milliseconds(100), false);
  EXPECT_FALSE(supervisor_.beating());
  EXPECT_THAT(hands_.signals, ElementsAre(SIGKILL));
  Pass(seconds(10), false);
  EXPECT_THAT(hands_.signals, ElementsAre(SIGKILL)) << "once is enough";
  Die();
  EXPECT_EQ(hands_.spawned, 2);
}

TEST_F(SupervisorTest, LooksSeldomWhileAllIsCalm) {
  const auto pause = [&] { return supervisor_.next_tick() - now_; };
  EXPECT_EQ(pause(), Supervisor::kTick);
  Pass(seconds(3));
  EXPECT_EQ(pause(), Supervisor::kCalmTick);
  now_ = supervisor_.next_tick();
  supervisor_.Tick(beat_, now_);
  EXPECT_EQ(pause(), Supervisor::kTick) << "a heartbeat is missing";
  Pass(Supervisor::kTick);
  EXPECT_EQ(pause(), Supervisor::kCalmTick);
  supervisor_.Stop(SIGTERM, now_);
  EXPECT_EQ(pause(), Supervisor::kTick) << "an end is awaited";
}

TEST_F(SupervisorTest, AHungWorkerIsFoundAsSoonInCalm) {
  Pass(seconds(3));
  const Time last_beat = now_;
  while (hands_.signals.empty()) supervisor_.Tick(beat_, now_ = supervisor_.next_tick());
  EXPECT_EQ(now_ - last_beat, seconds(2));
}

TEST_F(SupervisorTest, AStartMayTakeLonger) {
  Pass(milliseconds(4'900), false);
  EXPECT_TRUE(hands_.signals.empty());
  Pass(milliseconds(100), false);
  EXPECT_THAT(hands_.signals, ElementsAre(SIGKILL));
}

// A gate that was frozen or starved itself has not watched: its late ticks prove nothing.
TEST_F(SupervisorTest, LateTicksDoNotCount) {
  Pass(seconds(3));
  for (int i = 0; i < 100; ++i) {
    now_ += milliseconds(500);
    supervisor_.Tick(beat_, now_);
  }
  EXPECT_TRUE(hands_.signals.empty());
  Pass(milliseconds(2'000), false);
  EXPECT_THAT(hands_.signals, ElementsAre(SIGKILL));
}

TEST_F(SupervisorTest, TurnsBetweenTicksAreNoTicks) {
  Pass(seconds(3));
  for (int i = 0; i < 1'000; ++i) {
    now_ += milliseconds(1);
    supervisor_.Tick(beat_, now_);
  }
  EXPECT_TRUE(hands_.signals.empty());
}

TEST_F(SupervisorTest, TheLastBeatOfTheDeadIsNotThatOfTheLiving) {
  Pass(seconds(3));
  Die();
  supervisor_.Tick(0, now_ += Supervisor::kTick);
  EXPECT_FALSE(supervisor_.beating());
}

TEST_F(SupervisorTest, WithoutAProcessItTriesAgain) {
  Pass(seconds(3));
  hands_.no_process = true;
  Die();
  Pass(seconds(1), false);
  EXPECT_GE(hands_.spawned, 3);
  hands_.no_process = false;
  Pass(seconds(5), false);
  Pass(milliseconds(200));
  EXPECT_TRUE(supervisor_.beating());
}

TEST_F(SupervisorTest, AWorkerThatCanNotBeginEndsTheProgram) {
  Die({.code = 2, .signal = 0, .crashed = {}});
  EXPECT_EQ(supervisor_.exit_code(), 2);
}

TEST_F(SupervisorTest, OnceItHasWorkedItIsStartedAgainWhateverItsCode) {
  Pass(milliseconds(100));
  for (const int code : {2, 1, 0}) {
    Die({.code = code, .signal = 0, .crashed = {}});
    Pass(seconds(1), false);
  }
  EXPECT_FALSE(supervisor_.exit_code());
  EXPECT_EQ(hands_.spawned, 4);
}

TEST_F(SupervisorTest, SignalsGoToTheWorkerAndItsEndIsTheEnd) {
  Pass(milliseconds(100));
  supervisor_.Reload();
  supervisor_.Stop(SIGTERM, now_);
  EXPECT_THAT(hands_.signals, ElementsAre(SIGHUP, SIGTERM));
  EXPECT_FALSE(supervisor_.exit_code());
  Die({.code = 0, .signal = 0, .crashed = {}});
  EXPECT_EQ(supervisor_.exit_code(), 0);
  EXPECT_EQ(hands_.spawned, 1);
}

TEST_F(SupervisorTest, AWorkerThatMakesRoomForANewConfigurationIsNoFailure) {
  Pass(milliseconds(100));
  for (int i = 0; i < 5; ++i) Die({.code = kEndForReload, .signal = 0, .crashed = {}});
  EXPECT_EQ(hands_.spawned, 6);
  EXPECT_EQ(hands_.reloaded, 5);
  EXPECT_EQ(hands_.forgot, 0);
  EXPECT_TRUE(hands_.pauses.empty());
  EXPECT_FALSE(supervisor_.exit_code());
}

TEST_F(SupervisorTest, AReloadThatNoWorkerHearsWaitsForTheNext) {
  Pass(milliseconds(100));
  Die();
  Die();  // the second waits for 0.1 s
  supervisor_.Reload();
  EXPECT_TRUE(hands_.signals.empty());
  Pass(seconds(1));
  EXPECT_THAT(hands_.signals, ElementsAre(SIGHUP));
}

TEST_F(SupervisorTest, AWorkerThatDoesNotEndIsKilled) {
  Pass(seconds(3));
  supervisor_.Stop(SIGINT, now_);
  Pass(milliseconds(1'500), false);
  EXPECT_THAT(hands_.signals, ElementsAre(SIGINT, SIGKILL));
  EXPECT_EQ(supervisor_.exit_code(), 0);
}

TEST_F(SupervisorTest, StoppedWhileThereIsNoWorker) {
  hands_.no_process = true;
  Die();
  supervisor_.Stop(SIGTERM, now_);
  EXPECT_EQ(supervisor_.exit_code(), 0);
}

TEST_F(SupervisorTest, ThreeCrashesInOneSourceLeaveItOut) {
  Pass(milliseconds(100));
  Die(Crash(Source::kLog));
  Die(Crash(Source::kLog));
  EXPECT_TRUE(hands_.left_out.empty());
  Die(Crash(Source::kLog));
  EXPECT_THAT(hands_.left_out, ElementsAre(std::pair(Source::kLog, now_ + minutes(10))));
}

TEST_F(SupervisorTest, CrashesThatDoNotBelongTogether) {
  Pass(milliseconds(100));
  Die(Crash(Source::kLog));
  Die(Crash(Source::kRoundTrip));
  Die(Crash(Source::kLog));
  Die();  // killed from outside
  Die(Crash(Source::kLog));
  EXPECT_TRUE(hands_.left_out.empty());
  now_ += minutes(11);
  Die(Crash(Source::kLog));
  Die(Crash(Source::kLog));
  EXPECT_TRUE(hands_.left_out.empty()) << "one is too long ago";
}

}  // namespace
}  // namespace vitals

#include "probes/log/log_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/unit/probes/log/collected.h"
#include "tests/unit/probes/log/log_folder.h"

namespace vitals {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

std::shared_ptr<Profile> MakeProfile(std::string name, std::string path) {
  auto profile = std::make_shared<Profile>();
  profile->name = name;
  profile->detect = {"^" + name};
  profile->log_paths = {std::move(path)};
  Rule boot;
  boot.id = "boot";
  boot.match = "^" + name + " starting$";
  boot.life_cycle = LifeCycle::kBooting;
  Rule up;
  up.id = "up";
  up.match = "^" + name + " up on (?P<port>\\d+)";
  profile->rules = {boot, up};
  return profile;
}

class LogEngineTest : public testing::Test {
 protected:
  LogEngine Make(std::vector<std::shared_ptr<const Profile>> candidates) {
    return LogEngine(settings_, std::move(candidates), sink_);
  }
  // Turns until the engine has nothing more to read; returns the pause it asks for.
  Duration Follow(LogEngine& engine, Duration later = 10ms, bool announced = false) {
    now_ += later;
    Duration pause{};
    do {
      pause = engine.Turn(now_, announced);
    } while (pause == Duration::zero());
    return pause;
  }

  LogFolder folder_;
  LogSettings settings_;
  std::shared_ptr<Profile> a_ = MakeProfile("alpha", folder_.Path("a.log"));
  std::shared_ptr<Profile> b_ = MakeProfile("beta", folder_.Path("b.log"));
  Collected sink_;
  Time now_ = Time{} + 1h;
};

TEST_F(LogEngineTest, AGivenProfileIsAnnouncedAndItsPathsFollowed) {
  LogEngine engine = Make({a_});
  Follow(engine);
  EXPECT_THAT(sink_.events, ElementsAre("is alpha"));
  EXPECT_EQ(sink_.chosen[0].confidence, 1.0);
  EXPECT_EQ(sink_.progress.files, 0u);
  folder_.Write("a.log",
                "alpha starting\nnoise\nalpha up on 1883 " + std::string(5000, 'x') + "\n");
  Follow(engine, 1s);
  EXPECT_THAT(sink_.events, ElementsAre("is alpha", "boot", "up"));
  EXPECT_EQ(sink_.newest.line.size(), LogEngine::kLineInEvent);
  EXPECT_THAT(sink_.newest.captures, ElementsAre(testing::Pair("port", "1883")));
  EXPECT_EQ(sink_.progress.files, 1u);
  EXPECT_EQ(sink_.progress.lines, 3u);
  EXPECT_EQ(sink_.progress.matched, 2u);
  EXPECT_EQ(sink_.progress.lag_bytes, 0u);
}

TEST_F(LogEngineTest, WhatFollowsAHeadIsItsContext) {
  a_->continues = "^\t";
  LogEngine engine = Make({a_});
  Follow(engine);
  folder_.Write("a.log", "alpha up on 1\n\tone\n\ttwo\nnoise\n\tof the noise\n");
  Follow(engine);
  EXPECT_THAT(sink_.events, ElementsAre("is alpha", "up", "up: \tone\n\ttwo"));
  // At once and in pieces, as it is written; the next head ends it.
  folder_.Write("a.log", "alpha starting\n\tone\n");
  Follow(engine);
  folder_.Write("a.log", "\ttwo\nalpha up on 2\n");
  Follow(engine);
  sink_.events.erase(sink_.events.begin(), sink_.events.begin() + 3);
  EXPECT_THAT(sink_.events, ElementsAre("boot", "boot: \tone", "boot: \ttwo", "up"));
}

TEST_F(LogEngineTest, ContextIsOfTheSameFile) {
  a_->continues = "^\t";
  settings_.paths = {folder_.Path("*.log")};
  folder_.Write("a.log", "alpha starting\n\tthen\n");
  LogEngine engine = Make({a_});
  Follow(engine);
  EXPECT_THAT(sink_.events, ElementsAre("is alpha", "old boot", "old boot: \tthen"));
  sink_.events.clear();
  folder_.Write("a.log", "alpha up on 1\n");
  folder_.Write("b.log", "\tof another file\nnoise\n");
  Follow(engine);
  folder_.Write("a.log", "\tone\n");
  Follow(engine);
  EXPECT_THAT(sink_.events, ElementsAre("up", "up: \tone"));
}

TEST_F(LogEngineTest, SettingsPathsComeBeforeThoseOfTheProfile) {
  settings_.paths = {folder_.Path("other*.log")};
  LogEngine engine = Make({a_});
  Follow(engine);
  folder_.Write("a.log", "alpha starting\n");
  folder_.Write("other1.log", "alpha up on 1\n");
  Follow(engine, 1s);
  EXPECT_THAT(sink_.events, ElementsAre("is alpha", "up"));
}

TEST_F(LogEngineTest, LearnsFromTheLogWhichBrokerItIsAndMissesNothing) {
  LogEngine engine = Make({a_, b_});
  Follow(engine);
  EXPECT_THAT(sink_.events, IsEmpty());
  folder_.Write("b.log", "noise\n");
  Follow(engine);
  EXPECT_THAT(sink_.events, IsEmpty());
  folder_.Write("b.log", "beta starting\nbeta up on 1\n");
  Follow(engine);
  EXPECT_THAT(sink_.events, ElementsAre("is beta", "boot", "up"));
  EXPECT_NEAR(sink_.chosen[0].confidence, 2.0 / 3, 1e-9);
  // The other candidate's paths mean nothing now.
  folder_.Write("a.log", "beta starting\n");
  folder_.Write("b.log", "beta up on 2\n");
  Follow(engine);
  EXPECT_THAT(sink_.events, ElementsAre("is beta", "boot", "up", "up"));
}

TEST_F(LogEngineTest, AnOutlineIsCompletedWhenTheLogHasChosenIt) {
  Profile outline = *b_;
  outline.rules.clear();
  LogEngine engine(settings_, {a_, std::make_shared<Profile>(outline)}, sink_, {},
                   [&](const std::shared_ptr<const Profile>& chosen) {
                     EXPECT_EQ(chosen->name, "beta");
                     return b_;
                   });
  folder_.Write("b.log", "beta starting\n");
  Follow(engine);
  EXPECT_THAT(sink_.events, ElementsAre("is beta", "old boot"));
  EXPECT_EQ(sink_.chosen[0].profile, b_);
}

TEST_F(LogEngineTest, LooksBackInAnExistingFileWithALearnedProfile) {
  folder_.Write("b.log", "beta up on 1\nbeta starting\nbeta up on 2\n");
  LogEngine engine = Make({a_, b_});
  Follow(engine);
  folder_.Write("b.log", "beta up on 3\n");
  Follow(engine);
  EXPECT_THAT(sink_.events, ElementsAre("is beta", "old boot", "old up", "up"));
}

TEST_F(LogEngineTest, PollsFastAfterReadingAndSlowlyWhenQuiet) {
  LogEngine engine = Make({a_});
  Duration pause = Follow(engine);
  for (int i = 0; i < 10; ++i) pause = Follow(engine, 1ms);
  EXPECT_EQ(pause, settings_.poll_max);
  folder_.Write("a.log", "x\n");
  EXPECT_EQ(Follow(engine), settings_.poll_min);
  EXPECT_EQ(Follow(engine), 2 * settings_.poll_min);
  EXPECT_EQ(Follow(engine), 4 * settings_.poll_min);
}

// Where one write came without a word, others may.
TEST_F(LogEngineTest, PollsSeldomWhileAllWritesAreAnnounced) {
  LogEngine engine = Make({a_});
  const auto longest_pause = [&] {
    Duration longest{};
    for (int i = 0; i < 20; ++i) longest = std::max(longest, Follow(engine, 1ms));
    return longest;
  };
  EXPECT_EQ(longest_pause(), settings_.poll_max) << "nothing was written yet";
  for (const bool announced : {true, false, true}) {
    folder_.Write("a.log", "x\n");
    EXPECT_EQ(Follow(engine, 1s, announced), settings_.poll_min);
    if (announced) {
      EXPECT_GT(longest_pause(), 900ms);
    } else {
      EXPECT_EQ(longest_pause(), settings_.poll_max);
    }
  }
}

TEST_F(LogEngineTest, ReportsAtMostEvery250MsAndAtLeastOnceASecond) {
  LogEngine engine = Make({a_});
  for (int i = 0; i < 100; ++i) Follow(engine, 50ms);  // 5 s of silence
  EXPECT_EQ(sink_.progress_at.size(), 5u);
  sink_.progress_at.clear();
  for (int i = 0; i < 100; ++i) {  // 5 s of lines
    folder_.Write("a.log", "x\n");
    Follow(engine, 50ms);
  }
  EXPECT_EQ(sink_.progress_at.size(), 20u);
}

TEST_F(LogEngineTest, APauseNeverOutlastsTheNextReport) {
  settings_.poll_max = 1h;
  LogEngine engine = Make({a_});
  Duration pause{};
  for (int i = 0; i < 20; ++i) {
    pause = Follow(engine, pause);
    EXPECT_LE(pause, LogEngine::kProgressMax);
  }
}

TEST_F(LogEngineTest, SaysHowFarItIsBehind) {
  LogEngine engine = Make({a_});
  Follow(engine);
  folder_.Write("a.log", std::string(3 << 20, 'x') + "\n");
  EXPECT_EQ(engine.Turn(now_ + 1s), Duration::zero());
  EXPECT_EQ(engine.Turn(now_ + 3s), Duration::zero());
  EXPECT_EQ(sink_.progress.lag_bytes, (1u << 20) + 1);
  EXPECT_EQ(sink_.progress.lag, 2s);
  now_ += 5s;
  Follow(engine);
  Follow(engine, 1s);
  EXPECT_EQ(sink_.progress.lag_bytes, 0u);
  EXPECT_EQ(sink_.progress.lag, 0s);
  EXPECT_EQ(sink_.progress.cut_lines, 1u);
}

TEST_F(LogEngineTest, SaysWhenTheLastBytesCame) {
  LogEngine engine = Make({a_});
  Follow(engine);
  EXPECT_EQ(sink_.progress.last_read, Time{});
  folder_.Write("a.log", "x\n");
  Follow(engine, 1s);
  const Time read = now_;
  for (int i = 0; i < 5; ++i) Follow(engine, 1s);
  EXPECT_EQ(sink_.progress.last_read, read);
  EXPECT_EQ(sink_.progress_at.back(), now_);
}

TEST_F(LogEngineTest, ALogThatVanishesIsTroubleWithinFiveSeconds) {
  LogEngine engine = Make({a_});
  folder_.Write("a.log", "x\n");
  Follow(engine);
  folder_.Delete("a.log");
  for (Duration passed{}; passed < 5s; passed += settings_.poll_max) {
    Follow(engine, settings_.poll_max);
  }
  EXPECT_THAT(sink_.progress.trouble, HasSubstr("a.log: was there and is gone"));
  folder_.Write("a.log", "x\n");
  Follow(engine, 1s);
  Follow(engine, 1s);
  EXPECT_EQ(sink_.progress.trouble, "");
}

TEST_F(LogEngineTest, ALogThatCannotBeReadIsTrouble) {
  settings_.paths = {"/proc/self/mem"};  // a regular file; its first page is mapped nowhere
  LogEngine engine = Make({a_});
  Follow(engine);
  Follow(engine, 1s);
  EXPECT_THAT(sink_.progress.trouble, HasSubstr("/proc/self/mem: Input/output error"));
}

TEST_F(LogEngineTest, ContainerLogsAreUnwrapped) {
  const std::string stamp = "2026-01-31T23:59:59.5Z stderr ";
  folder_.Write("b.log", stamp + "F beta starting\n" + stamp + "P beta up\n" + stamp + "F  on 7\n");
  LogEngine engine = Make({a_, b_});
  Follow(engine);
  EXPECT_THAT(sink_.events, ElementsAre("is beta", "old boot", "old up"));
  EXPECT_EQ(sink_.newest.line, "beta up on 7");
  EXPECT_EQ(sink_.progress.lines, 2u);
}

TEST_F(LogEngineTest, AProfileThatDoesNotCompileIsTrouble) {
  a_->rules[0].match = "(";
  LogEngine engine = Make({a_});
  Follow(engine);
  EXPECT_THAT(sink_.progress.trouble, HasSubstr("rule 'boot'"));
}

}  // namespace
}  // namespace vitals

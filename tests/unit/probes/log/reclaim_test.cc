// log.reclaim: what was read is freed, and after a restart nothing is missing.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "probes/log/log_engine.h"
#include "probes/log/punch.h"
#include "tests/unit/probes/log/collected.h"
#include "tests/unit/probes/log/log_folder.h"

namespace vitals {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

class ReclaimTest : public testing::Test {
 protected:
  ReclaimTest() {
    settings_.paths = {folder_.Path("b.log")};
    settings_.reclaim = Reclaim::kPunch;
    auto profile = std::make_shared<Profile>();
    profile->name = "alpha";
    profile->detect = {"^(boot|up|say)"};
    const auto rule = [](std::string id, LifeCycle life_cycle) {
      Rule made;
      made.id = id;
      made.match = "^" + id;
      made.life_cycle = life_cycle;
      return made;
    };
    profile->rules = {rule("boot", LifeCycle::kBooting), rule("up", LifeCycle::kStarted),
                      rule("say", LifeCycle::kNone)};
    profile_ = profile;
  }

  LogEngine Engine() { return LogEngine(settings_, {profile_}, sink_, folder_.Path("")); }
  void Follow(LogEngine& engine) {
    now_ += 2s;
    while (engine.Turn(now_) == Duration::zero()) {
    }
  }
  // Some MiB that fire nothing.
  void Flood(std::size_t mib) {
    std::string text;
    while (text.size() < mib << 20) text += "nothing of interest, but long enough to fill a log\n";
    folder_.Write("b.log", text);
  }
  std::uint64_t OnDisk(const std::string& name = "b.log") const {
    struct stat info{};
    EXPECT_EQ(stat(folder_.Path(name).c_str(), &info), 0);
    return static_cast<std::uint64_t>(info.st_blocks) * 512;
  }
  std::uint64_t Size() const { return std::filesystem::file_size(folder_.Path("b.log")); }

  LogFolder folder_;
  LogSettings settings_;
  std::shared_ptr<const Profile> profile_;
  Collected sink_;
  Time now_ = Time{} + 1h;
};

TEST_F(ReclaimTest, FreesWhatWasReadButTheEnd) {
  LogEngine engine = Engine();
  Follow(engine);
  folder_.Write("b.log", "boot\nup\n");
  Flood(8);
  Follow(engine);
  Follow(engine);
  const std::uint64_t size = Size();
  EXPECT_GT(size, 8u << 20);
  EXPECT_LT(OnDisk(), 2u << 20);
  EXPECT_GT(OnDisk(), 0u);
  EXPECT_EQ(sink_.progress.freed_bytes % 4096, 0u);
  EXPECT_GE(sink_.progress.freed_bytes, size - (2u << 20));
  EXPECT_EQ(sink_.progress.trouble, "");
  EXPECT_EQ(sink_.progress.truncations, 0u);
  folder_.Write("b.log", "say goodbye\n");
  Follow(engine);
  EXPECT_THAT(sink_.events, ElementsAre("is alpha", "boot", "up", "say"));
}

TEST_F(ReclaimTest, OffFreesAndSavesNothing) {
  settings_.reclaim = Reclaim::kOff;
  LogEngine engine = Engine();
  Follow(engine);
  Flood(4);
  Follow(engine);
  EXPECT_GE(OnDisk(), 4u << 20);
  EXPECT_FALSE(std::filesystem::exists(folder_.Path("log.json")));
}

TEST_F(ReclaimTest, ARestartKnowsWhatTheHolesSaidAndGoesOn) {
  {
    LogEngine engine = Engine();
    Follow(engine);
    folder_.Write("b.log", "boot\nup\nsay something\n");
    Flood(4);
    Follow(engine);
  }
  folder_.Write("b.log", "say while away\n");
  sink_ = {};
  LogEngine engine = Engine();
  Follow(engine);
  folder_.Write("b.log", "say now\n");
  Follow(engine);
  EXPECT_THAT(sink_.events, ElementsAre("is alpha", "old boot", "old up", "old say", "say"));
  EXPECT_EQ(sink_.progress.gaps, 0u);
}

TEST_F(ReclaimTest, ARestartKnowsTheBrokerThoughItsFirstLinesAreHoles) {
  auto other = std::make_shared<Profile>(*profile_);
  other->name = "beta";
  other->detect = {"^never"};
  const auto engine = [&] {
    return LogEngine(settings_, {profile_, other}, sink_, folder_.Path(""));
  };
  {
    folder_.Write("b.log", "boot\nup\n");
    LogEngine first = engine();
    Follow(first);
    Flood(4);
    Follow(first);
  }
  sink_ = {};
  LogEngine second = engine();
  Follow(second);
  EXPECT_THAT(sink_.events, ElementsAre("is alpha", "old boot", "old up"));
}

TEST_F(ReclaimTest, ALineUnderWayAtTheSaveIsToldWholeAfterARestart) {
  {
    LogEngine engine = Engine();
    Follow(engine);
    folder_.Write("b.log", "boot\n");
    Flood(2);
    folder_.Write("b.log", "say half");
    Follow(engine);
  }
  folder_.Write("b.log", " and half\n");
  sink_ = {};
  LogEngine engine = Engine();
  Follow(engine);
  EXPECT_THAT(sink_.events, ElementsAre("is alpha", "old boot", "old say"));
  EXPECT_EQ(sink_.newest.line, "say half and half");
}

TEST_F(ReclaimTest, ARotationWhileTheAgentIsAwayLosesNothing) {
  {
    LogEngine engine = Engine();
    Follow(engine);
    folder_.Write("b.log", "boot\n");
    Flood(2);
    Follow(engine);
  }
  folder_.Write("b.log", "say old file\n");
  folder_.Rename("b.log", "renamed");
  folder_.Write("b.log", "say new file\n");
  sink_ = {};
  LogEngine engine = Engine();
  Follow(engine);
  folder_.Write("renamed", "say late\n");
  Follow(engine);
  EXPECT_THAT(sink_.events, ElementsAre("is alpha", "old boot", "old say", "old say", "say"));
  EXPECT_EQ(sink_.newest.line, "say late");
}

TEST_F(ReclaimTest, ATruncationWhileTheAgentIsAwayIsSeen) {
  {
    LogEngine engine = Engine();
    Follow(engine);
    folder_.Write("b.log", "boot\n");
    Flood(2);
    Follow(engine);
  }
  folder_.Truncate("b.log");
  Flood(3);
  folder_.Write("b.log", "boot\nup\n");
  sink_ = {};
  LogEngine engine = Engine();
  Follow(engine);
  EXPECT_THAT(sink_.events, ElementsAre("is alpha", "old boot", "old up"));
}

TEST_F(ReclaimTest, TooMuchSinceTheLastLifeIsAGap) {
  {
    LogEngine engine = Engine();
    Follow(engine);
    folder_.Write("b.log", "boot\n");
    Flood(2);
    Follow(engine);
  }
  Flood(4);
  folder_.Write("b.log", "say\n");
  sink_ = {};
  settings_.look_back = 1 << 20;
  LogEngine engine = Engine();
  Follow(engine);
  EXPECT_THAT(sink_.events, ElementsAre("is alpha", "old boot", "old say"));
  EXPECT_EQ(sink_.progress.gaps, 1u);
  EXPECT_GT(sink_.progress.gap_bytes, 2u << 20);
}

TEST_F(ReclaimTest, AStateThatIsNoneIsTroubleUntilItIsWrittenAnew) {
  folder_.Write("log.json", "no state");
  folder_.Write("b.log", "boot\nup\n");
  LogEngine engine = Engine();
  Follow(engine);
  EXPECT_THAT(sink_.events, ElementsAre("is alpha", "old boot", "old up"));
  EXPECT_THAT(sink_.progress.trouble, HasSubstr("log.json: is no state"));
  Flood(2);
  Follow(engine);
  Follow(engine);
  EXPECT_EQ(sink_.progress.trouble, "");
}

TEST_F(ReclaimTest, NothingIsFreedThatCouldNotBeSaved) {
  LogEngine engine(settings_, {profile_}, sink_, folder_.Path("missing"));
  Follow(engine);
  Flood(4);
  Follow(engine);
  Follow(engine);
  EXPECT_GE(OnDisk(), 4u << 20);
  EXPECT_THAT(sink_.progress.trouble, HasSubstr("state folder"));
}

TEST_F(ReclaimTest, RefusedByTheKernelItGivesUpWithOneWarningAndFollowsOn) {
  const Fd memory(memfd_create("log", MFD_ALLOW_SEALING | MFD_CLOEXEC));
  ASSERT_TRUE(memory.valid());
  const std::string text = "boot\n" + std::string(4 << 20, 'x') + "\nup\n";
  ASSERT_EQ(write(memory.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  ASSERT_EQ(fcntl(memory.get(), F_ADD_SEALS, F_SEAL_WRITE), 0);
  settings_.paths = {"/proc/self/fd/" + std::to_string(memory.get())};
  LogEngine engine = Engine();
  Follow(engine);
  Follow(engine);
  EXPECT_THAT(sink_.events, ElementsAre("is alpha", "old boot", "old up"));
  EXPECT_THAT(sink_.progress.trouble, HasSubstr("no hole can be punched here"));
  EXPECT_THAT(sink_.progress.trouble, HasSubstr("log.reclaim"));
  EXPECT_EQ(sink_.progress.freed_bytes, 0u);
}

TEST_F(ReclaimTest, TheRightToWriteIsNeeded) {
  if (geteuid() == 0) {
    // Root may write everything but what is no file to write at all.
    const Fd folder(open(folder_.Path("").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const auto punched = PunchHole(folder.get(), 0, 4096);
    ASSERT_FALSE(punched);
    EXPECT_THAT(punched.error().ToString(), HasSubstr("can't be opened for writing"));
    return;
  }
  Flood(2);
  chmod(folder_.Path("b.log").c_str(), 0400);
  const Fd log(open(folder_.Path("b.log").c_str(), O_RDONLY | O_CLOEXEC));
  const auto punched = PunchHole(log.get(), 0, 4096);
  ASSERT_FALSE(punched);
  EXPECT_THAT(punched.error().ToString(), HasSubstr("can't be opened for writing"));
}

TEST_F(ReclaimTest, RotatedFilesAreFreedTooWhileTheyGrow) {
  LogEngine engine = Engine();
  Follow(engine);
  const Writer broker(folder_.Path("b.log"));
  broker.Write("boot\n");
  Follow(engine);
  folder_.Rename("b.log", "renamed");
  broker.Write(std::string(4 << 20, 'x') + "\n");
  Follow(engine);
  EXPECT_LT(OnDisk("renamed"), 2u << 20);
}

}  // namespace
}  // namespace vitals

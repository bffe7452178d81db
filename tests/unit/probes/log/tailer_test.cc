// Start, look-back, bounds and trouble of following; rotations are in tailer_rotation_test.cc.
#include "probes/log/tailer.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>

#include "tests/unit/probes/log/tailer_fixture.h"

namespace vitals {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

TEST_F(TailerTest, ReadsAFileThatAppearsLaterFromItsStart) {
  Follow();
  EXPECT_EQ(tailer_.files(), 0u);
  folder_.Write("b.log", "one\ntwo\n");
  Follow();
  folder_.Write("b.log", "three\n");
  Follow();
  EXPECT_THAT(lines_.all, ElementsAre("one", "two", "three"));
  EXPECT_EQ(lines_.old, 0u);
  EXPECT_EQ(tailer_.counters().rotations, 0u);
  EXPECT_EQ(tailer_.counters().bytes, 14u);
}

TEST_F(TailerTest, LooksBackToTheLastBootOnly) {
  folder_.Write("b.log", "boot 1\nx\nboot 2\ny\n");
  Follow();
  folder_.Write("b.log", "z\n");
  Follow();
  EXPECT_THAT(lines_.all, ElementsAre("boot 2", "y", "z"));
  EXPECT_EQ(lines_.old, 2u);
}

TEST_F(TailerTest, WithoutABootLineNothingOldIsTold) {
  folder_.Write("b.log", "x\ny\n");
  Follow();
  EXPECT_THAT(lines_.all, IsEmpty());
  folder_.Write("b.log", "z\n");
  Follow();
  EXPECT_THAT(lines_.all, ElementsAre("z"));
  EXPECT_EQ(lines_.old, 0u);
}

TEST_F(TailerTest, ALineThatIsHalfWrittenAtTheStartIsToldWholeAndAsNew) {
  folder_.Write("b.log", "x\nhal");
  Follow();
  folder_.Write("b.log", "f\n");
  Follow();
  EXPECT_THAT(lines_.all, ElementsAre("half"));
  EXPECT_EQ(lines_.old, 0u);
}

TEST_F(TailerTest, LookBackIsBounded) {
  tailer_ = Tailer({folder_.Path("b.log")}, 100, kLimit);
  folder_.Write("b.log", "boot\n" + std::string(200, 'x') + "\n");
  Follow();
  EXPECT_THAT(lines_.all, IsEmpty());
}

TEST_F(TailerTest, LookBackCrossesManyPiecesAndGiantLines) {
  std::string text = "boot far back\n" + std::string(600'000, 'g') + "\n";
  for (int i = 0; i < 40'000; ++i) text += "line " + std::to_string(i) + "\n";
  folder_.Write("b.log", text);
  Follow();
  ASSERT_EQ(lines_.all.size(), 40'002u);
  EXPECT_EQ(lines_.all.front(), "boot far back");
  EXPECT_EQ(lines_.all.back(), "line 39999");
  EXPECT_EQ(lines_.old, lines_.all.size());
}

TEST_F(TailerTest, OldestFileFirst) {
  folder_.Write("b.log.1", "boot old\n");
  folder_.Write("b.log", "boot new\n");
  const timespec times[2] = {{1000, 0}, {1000, 0}};
  ASSERT_EQ(utimensat(AT_FDCWD, folder_.Path("b.log.1").c_str(), times, 0), 0);
  tailer_ = Tailer({folder_.Path("b.log*")}, kLimit, kLimit);
  Follow();
  EXPECT_THAT(lines_.all, ElementsAre("boot old", "boot new"));
}

TEST_F(TailerTest, TwoPathsToOneFileReadItOnce) {
  tailer_ =
      Tailer({folder_.Path("b.log"), folder_.Path("link"), folder_.Path("b.*")}, kLimit, kLimit);
  std::filesystem::create_symlink(folder_.Path("b.log"), folder_.Path("link"));
  Follow();
  folder_.Write("b.log", "1\n");
  Follow(2s);
  Follow(2s);
  EXPECT_THAT(lines_.all, ElementsAre("1"));
  EXPECT_EQ(tailer_.counters().rotations, 0u);
}

TEST_F(TailerTest, JumpsAheadWhenFarBehind) {
  tailer_ = Tailer({folder_.Path("b.log")}, kLimit, 4096);
  Follow();
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "line " + std::to_string(i) + "\n";
  folder_.Write("b.log", text);
  Follow();
  EXPECT_EQ(tailer_.counters().gaps, 1u);
  EXPECT_EQ(tailer_.counters().gap_bytes + tailer_.counters().bytes, text.size());
  ASSERT_FALSE(lines_.all.empty());
  EXPECT_LT(lines_.all.size(), 120u);
  EXPECT_THAT(text, HasSubstr("\n" + lines_.all.front() + "\n"));  // starts at a line
  EXPECT_EQ(lines_.all.back(), "line 999");
  folder_.Write("b.log", "next\n");
  Follow();
  EXPECT_EQ(lines_.all.back(), "next");
  EXPECT_EQ(tailer_.counters().gaps, 1u);
}

TEST_F(TailerTest, LookBackIsNoGap) {
  tailer_ = Tailer({folder_.Path("b.log")}, kLimit, 4096);
  std::string text = "boot\n";
  for (int i = 0; i < 1000; ++i) text += "line " + std::to_string(i) + "\n";
  folder_.Write("b.log", text);
  Follow();
  EXPECT_EQ(lines_.all.size(), 1001u);
  EXPECT_EQ(tailer_.counters().gaps, 0u);
}

TEST_F(TailerTest, ATurnIsBounded) {
  Follow();
  folder_.Write("b.log", std::string(10'000, 'x') + "\n");
  tailer_.Scan(now_);
  const Tailer::Turn turn = tailer_.Read(now_, 1000, lines_);
  EXPECT_EQ(turn.bytes, 1000u);
  EXPECT_TRUE(turn.more);
  EXPECT_EQ(tailer_.lag_bytes(), 9001u);
}

TEST_F(TailerTest, SaysWhyAFileCannotBeReadAndReadsItOnceItCan) {
  if (geteuid() == 0) {
    std::filesystem::create_symlink(folder_.Path("b.log"), folder_.Path("b.log"));  // ELOOP
    Follow();
    EXPECT_THAT(tailer_.trouble(), HasSubstr(folder_.Path("b.log")));
    EXPECT_THAT(tailer_.trouble(), HasSubstr("symbolic links"));
    folder_.Delete("b.log");
  } else {
    folder_.Write("b.log", "");
    chmod(folder_.Path("b.log").c_str(), 0);
    Follow();
    EXPECT_THAT(tailer_.trouble(), HasSubstr(folder_.Path("b.log") + ": Permission denied"));
    EXPECT_THAT(tailer_.trouble(), HasSubstr("user id"));
    chmod(folder_.Path("b.log").c_str(), 0600);
  }
  folder_.Write("b.log", "1\n");
  Follow();
  EXPECT_EQ(tailer_.trouble(), "");
  EXPECT_THAT(lines_.all, ElementsAre("1"));
}

TEST_F(TailerTest, NeverOpensAPipe) {
  ASSERT_EQ(mkfifo(folder_.Path("b.log").c_str(), 0600), 0);
  Follow();
  EXPECT_THAT(tailer_.trouble(), HasSubstr("no regular file"));
  EXPECT_EQ(open(folder_.Path("b.log").c_str(), O_WRONLY | O_NONBLOCK), -1);  // ENXIO: no reader
  EXPECT_EQ(errno, ENXIO);
}

TEST_F(TailerTest, NarrowLetsGoOfOtherPaths) {
  tailer_ = Tailer({folder_.Path("a.log"), folder_.Path("b.log")}, kLimit, kLimit);
  Follow();
  folder_.Write("a.log", "a\n");
  folder_.Write("b.log", "b\n");
  Follow();
  tailer_.Narrow({folder_.Path("b.log")});
  folder_.Write("a.log", "a\n");
  folder_.Write("b.log", "b\n");
  Follow();
  EXPECT_THAT(lines_.all, ElementsAre("a", "b", "b"));
  EXPECT_EQ(tailer_.files(), 1u);
  EXPECT_EQ(tailer_.counters().rotations, 0u);
}

}  // namespace
}  // namespace vitals

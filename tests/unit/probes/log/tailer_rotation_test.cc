// All the ways in which a log file is renamed, cut, removed and replaced.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "probes/log/tailer.h"
#include "tests/unit/probes/log/tailer_fixture.h"

namespace vitals {
namespace {

using testing::ElementsAre;
using namespace std::chrono_literals;

TEST_F(TailerTest, ReadsTheRenamedFileToItsEndBeforeTheNewOne) {
  Follow();
  const Writer broker(folder_.Path("b.log"));
  broker.Write("1\n");
  Follow();
  broker.Write("2\n");
  folder_.Rename("b.log", "b.log.1");
  broker.Write("3\n");
  folder_.Write("b.log", "4\n");
  Follow();
  EXPECT_THAT(lines_.all, ElementsAre("1", "2", "3", "4"));
  EXPECT_EQ(tailer_.counters().rotations, 1u);
}

TEST_F(TailerTest, TheNewFileWaitsUntilTheOldOneIsRead) {
  Follow();
  folder_.Write("b.log", "1\n2\n3\n");
  tailer_.Scan(now_);
  folder_.Rename("b.log", "b.log.1");
  folder_.Write("b.log", "4\n");
  for (int i = 0; i < 4; ++i) {
    tailer_.Scan(now_);
    tailer_.Read(now_, 2, lines_);
  }
  EXPECT_THAT(lines_.all, ElementsAre("1", "2", "3", "4"));
}

TEST_F(TailerTest, KeepsARenamedFileWhileItGrowsThenLetsItGo) {
  Follow();
  const Writer broker(folder_.Path("b.log"));
  broker.Write("1\n");
  Follow();
  folder_.Rename("b.log", "b.log.1");
  folder_.Write("b.log", "other\n");
  for (int i = 0; i < 5; ++i) {
    Follow(Tailer::kGrace - 1s);
    broker.Write("late\n");
  }
  Follow();
  EXPECT_EQ(tailer_.files(), 2u);
  EXPECT_THAT(lines_.all, ElementsAre("1", "other", "late", "late", "late", "late", "late"));
  Follow(Tailer::kGrace);
  EXPECT_EQ(tailer_.files(), 1u);
}

TEST_F(TailerTest, KeepsARenamedFileWhileNobodyWritesIntoItsSuccessor) {
  Follow();
  const Writer broker(folder_.Path("b.log"));
  broker.Write("1\n");
  Follow();
  folder_.Rename("b.log", "b.log.1");
  Follow(10 * Tailer::kGrace);  // nothing there
  folder_.Write("b.log", "");   // created by the rotator, not by the broker
  Follow(10 * Tailer::kGrace);
  Follow(10 * Tailer::kGrace);
  broker.Write("2\n");
  Follow();
  EXPECT_THAT(lines_.all, ElementsAre("1", "2"));
}

TEST_F(TailerTest, GivesOutTheUnterminatedRestOfAFileThatItLetsGo) {
  Follow();
  folder_.Write("b.log", "1\ncut off");
  Follow();
  folder_.Rename("b.log", "b.log.1");
  folder_.Write("b.log", "2\n");
  Follow();
  EXPECT_THAT(lines_.all, ElementsAre("1", "2"));
  Follow(Tailer::kGrace);
  EXPECT_THAT(lines_.all, ElementsAre("1", "2", "cut off"));
}

TEST_F(TailerTest, RenamedBackIsNotReadAgain) {
  Follow();
  folder_.Write("b.log", "1\n");
  Follow();
  for (const Duration pause : {Duration(1s), Tailer::kGrace}) {
    folder_.Rename("b.log", "b.log.1");
    folder_.Write("b.log", "2\n");
    Follow();
    Follow(pause);
    folder_.Delete("b.log");
    folder_.Rename("b.log.1", "b.log");
    folder_.Write("b.log", "3\n");
    Follow();
  }
  EXPECT_THAT(lines_.all, ElementsAre("1", "2", "3", "2", "3"));
}

TEST_F(TailerTest, ARenameWithinTheGlobIsNoNewFile) {
  tailer_ = Tailer({folder_.Path("b.log*")}, kLimit, kLimit);
  Follow();
  folder_.Write("b.log", "1\n");
  Follow(2s);
  folder_.Rename("b.log", "b.log.1");
  folder_.Write("b.log", "2\n");
  Follow(2s);
  Follow(2 * Tailer::kGrace);
  folder_.Rename("b.log.1", "b.log.2");
  folder_.Rename("b.log", "b.log.1");
  folder_.Write("b.log", "3\n");
  Follow(2s);
  Follow(2s);
  EXPECT_THAT(lines_.all, ElementsAre("1", "2", "3"));
}

TEST_F(TailerTest, SeesCopyTruncate) {
  Follow();
  const Writer broker(folder_.Path("b.log"));
  broker.Write("1\n2\n");
  Follow();
  folder_.Truncate("b.log");
  Follow();
  broker.Write("3\n");
  Follow();
  EXPECT_THAT(lines_.all, ElementsAre("1", "2", "3"));
  EXPECT_EQ(tailer_.counters().truncations, 1u);
}

TEST_F(TailerTest, SeesCopyTruncateThatGrewBackToOrPastTheOffset) {
  Follow();
  folder_.Write("b.log", "aaaa\nbbbb\n");
  Follow();
  folder_.Truncate("b.log");
  folder_.Write("b.log", "cccc\ndddd\n");  // as long as before
  Follow();
  folder_.Truncate("b.log");
  folder_.Write("b.log", "eeee\nffff\ngggg\n");
  Follow();
  EXPECT_THAT(lines_.all, ElementsAre("aaaa", "bbbb", "cccc", "dddd", "eeee", "ffff", "gggg"));
  EXPECT_EQ(tailer_.counters().truncations, 2u);
}

TEST_F(TailerTest, SkipsTheHoleThatAWriterWithoutAppendLeaves) {
  Follow();
  const Writer broker(folder_.Path("b.log"), 0);
  broker.Write("before\n");
  Follow();
  folder_.Truncate("b.log");
  broker.Write("after\n");
  Follow();
  EXPECT_THAT(lines_.all, ElementsAre("before", "after"));
  EXPECT_EQ(tailer_.counters().truncations, 1u);
}

TEST_F(TailerTest, TruncationForgetsTheUnterminatedTail) {
  Follow();
  folder_.Write("b.log", "1\ntail");
  Follow();
  folder_.Truncate("b.log");
  folder_.Write("b.log", "2\n");
  Follow();
  EXPECT_THAT(lines_.all, ElementsAre("1", "2"));
}

TEST_F(TailerTest, ReadsOnInADeletedFileAndFindsTheNewOne) {
  Follow();
  const Writer broker(folder_.Path("b.log"));
  broker.Write("1\n");
  Follow();
  folder_.Delete("b.log");
  broker.Write("2\n");
  Follow();
  folder_.Write("b.log", "3\n");
  Follow();
  broker.Write("4\n");
  Follow();
  EXPECT_THAT(lines_.all, ElementsAre("1", "2", "3", "4"));
  Follow(Tailer::kGrace);
  EXPECT_EQ(tailer_.files(), 1u);
}

TEST_F(TailerTest, LetsGoOfADeletedFileSoThatItsSpaceIsFreed) {
  Follow();
  folder_.Write("b.log", "1\n");
  Follow();
  folder_.Delete("b.log");
  Follow();
  Follow();
  EXPECT_EQ(tailer_.files(), 1u);
  Follow(Tailer::kGrace);
  EXPECT_EQ(tailer_.files(), 0u);
  folder_.Write("b.log", "2\n");  // the inode is most likely used again
  Follow();
  EXPECT_THAT(lines_.all, ElementsAre("1", "2"));
}

TEST_F(TailerTest, FollowsASymlinkToItsNewTarget) {
  folder_.Write("target-1", "");
  std::filesystem::create_symlink(folder_.Path("target-1"), folder_.Path("b.log"));
  Follow();
  folder_.Write("target-1", "1\n");
  Follow();
  folder_.Write("target-1", "2\n");
  folder_.Write("target-2", "3\n");
  std::filesystem::create_symlink(folder_.Path("target-2"), folder_.Path("next"));
  folder_.Rename("next", "b.log");
  Follow();
  folder_.Write("target-1", "4\n");
  Follow();
  EXPECT_THAT(lines_.all, ElementsAre("1", "2", "3", "4"));
}

TEST_F(TailerTest, ManyRotationsKeepFewFiles) {
  Follow();
  for (int i = 0; i < 200; ++i) {
    folder_.Write("b.log", std::to_string(i) + "\n");
    Follow();
    folder_.Rename("b.log", "old." + std::to_string(i));
    ASSERT_LE(tailer_.files(), Tailer::kMostFiles);
  }
  EXPECT_EQ(lines_.all.size(), 200u);
  EXPECT_EQ(tailer_.trouble(), "");
}

}  // namespace
}  // namespace vitals

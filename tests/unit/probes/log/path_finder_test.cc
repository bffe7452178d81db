#include "probes/log/path_finder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/probes/log/log_folder.h"

namespace vitals {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

TEST(PathFinder, NamesPlainPathsAlwaysAndWhatAGlobFindsWithoutCompressedFiles) {
  const LogFolder folder;
  for (const char* name : {"a.log", "a.log.1", "a.log.2.gz", "a.log.3.zst", "other"}) {
    folder.Write(name, "");
  }
  PathFinder finder({folder.Path("a.log*"), folder.Path("late.log"), folder.Path("a.log")});
  EXPECT_TRUE(finder.Look(Time{} + 1h));
  EXPECT_THAT(finder.found(),
              ElementsAre(folder.Path("a.log"), folder.Path("a.log.1"), folder.Path("late.log")));
  EXPECT_EQ(finder.trouble(), "");
}

TEST(PathFinder, LooksOnceASecond) {
  const LogFolder folder;
  PathFinder finder({folder.Path("*.log")});
  Time now = Time{} + 1h;
  EXPECT_TRUE(finder.Look(now));
  folder.Write("a.log", "");
  EXPECT_FALSE(finder.Look(now + 999ms));
  EXPECT_THAT(finder.found(), IsEmpty());
  EXPECT_TRUE(finder.Look(now + 1s));
  EXPECT_THAT(finder.found(), ElementsAre(folder.Path("a.log")));
}

TEST(PathFinder, SaysWithinFiveSecondsThatALogIsGone) {
  for (const std::string name : {"b.log", "b.l*"}) {
    const LogFolder folder;
    PathFinder finder({folder.Path(name)});
    Time now = Time{} + 1h;
    finder.Look(now);
    EXPECT_EQ(finder.trouble(), "");  // it may come yet
    now += 1h;
    finder.Look(now);
    EXPECT_EQ(finder.trouble(), "");
    folder.Write("b.log", "");
    finder.Look(now += 1s);
    folder.Delete("b.log");
    finder.Look(now += 1s);
    EXPECT_EQ(finder.trouble(), "") << "a rotation may take a moment";
    for (int i = 0; i < 3; ++i) finder.Look(now += 1s);
    EXPECT_THAT(finder.trouble(), HasSubstr(folder.Path(name) + ": was there and is gone"));
    folder.Write("b.log", "");
    finder.Look(now += 1s);
    EXPECT_EQ(finder.trouble(), "");
  }
}

TEST(PathFinder, AnOldRotatedFileMayGo) {
  const LogFolder folder;
  PathFinder finder({folder.Path("b.log*")});
  Time now = Time{} + 1h;
  folder.Write("b.log", "");
  folder.Write("b.log.1", "");
  finder.Look(now);
  folder.Delete("b.log.1");
  for (int i = 0; i < 10; ++i) finder.Look(now += 1s);
  EXPECT_EQ(finder.trouble(), "");
}

}  // namespace
}  // namespace vitals

#include "probes/log/log_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "probes/log/boot_memory.h"
#include "tests/unit/probes/log/log_folder.h"

namespace vitals {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

LogState Example() {
  LogState state;
  state.profile = "mosquitto";
  Bookmark bookmark;
  bookmark.offset = 1234567890123;
  bookmark.marker_size = 3;
  bookmark.marker = {'\xFF', '\0', '\n'};
  state.files = {{"/log/b.log", {7, 1ull << 60}, bookmark, 4096}, {"/log/c.log", {7, 2}, {}, 0}};
  state.events = {{"boot", "a line", {}}, {"up", "port 1883", {{"port", "1883"}}}};
  return state;
}

TEST(LogState, ComesBackAsItWasSaved) {
  const LogFolder folder;
  const std::string path = folder.Path("log.json");
  ASSERT_TRUE(SaveLogState(path, {}));
  ASSERT_TRUE(SaveLogState(path, Example()));
  const auto loaded = LoadLogState(path);
  ASSERT_TRUE(loaded) << loaded.error().ToString();
  EXPECT_EQ(loaded->profile, "mosquitto");
  ASSERT_EQ(loaded->files.size(), 2u);
  const KnownFile& file = loaded->files[0];
  EXPECT_EQ(file.path, "/log/b.log");
  EXPECT_EQ(file.id, (FileId{7, 1ull << 60}));
  EXPECT_EQ(file.bookmark.offset, 1234567890123u);
  EXPECT_EQ(file.bookmark.marker_size, 3u);
  EXPECT_EQ(file.bookmark.marker, Example().files[0].bookmark.marker);
  EXPECT_EQ(file.freed, 4096u);
  ASSERT_EQ(loaded->events.size(), 2u);
  EXPECT_EQ(loaded->events[1].rule, "up");
  EXPECT_EQ(loaded->events[1].line, "port 1883");
  EXPECT_THAT(loaded->events[1].captures, ElementsAre(testing::Pair("port", "1883")));
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
  struct stat info{};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(LogState, ALineThatIsNoUtf8IsKeptReadable) {
  const LogFolder folder;
  LogState state;
  state.events = {{"boot", "caf\xE9 open", {}}};
  ASSERT_TRUE(SaveLogState(folder.Path("s"), state));
  EXPECT_EQ(LoadLogState(folder.Path("s"))->events[0].line, "caf\xEF\xBF\xBD open");
}

TEST(LogState, NoFileIsAnEmptyState) {
  const LogFolder folder;
  const auto loaded = LoadLogState(folder.Path("none"));
  ASSERT_TRUE(loaded);
  EXPECT_THAT(loaded->files, IsEmpty());
}

TEST(LogState, RefusesWhatItDidNotWrite) {
  const std::string good =
      R"({"version":1,"profile":"p","events":[],"files":[{"path":"/x","device":1,"inode":2,)"
      R"("offset":2,"marker":"610a","freed":0}]})";
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"{", ""},
                                                        {"\"version\":1", "\"version\":2"},
                                                        {"610a", "610a62"},
                                                        {"610a", "61zz"},
                                                        {"\"inode\":2", "\"inode\":\"x\""},
                                                        {"\"freed\":0", "\"freed\":[]"},
                                                        {"\"profile\":\"p\",", ""}}) {
    const LogFolder folder;
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    folder.Write("s", text);
    const auto loaded = LoadLogState(folder.Path("s"));
    ASSERT_FALSE(loaded) << text;
    EXPECT_THAT(loaded.error().ToString(), HasSubstr("is no state of this version"));
  }
  const LogFolder folder;
  folder.Write("s", good);
  EXPECT_TRUE(LoadLogState(folder.Path("s")));
}

TEST(LogState, SaysWhereItCannotBeWritten) {
  const LogFolder folder;
  const auto saved = SaveLogState(folder.Path("no/such/folder"), {});
  ASSERT_FALSE(saved);
  EXPECT_THAT(saved.error().ToString(), HasSubstr("no/such/folder"));
}

std::vector<std::string> Rules(const BootMemory& memory) {
  std::vector<std::string> rules;
  for (const KnownEvent& event : memory.events()) rules.push_back(event.rule);
  return rules;
}

class BootMemoryTest : public testing::Test {
 protected:
  BootMemoryTest() {
    boot_.id = "boot";
    boot_.life_cycle = LifeCycle::kBooting;
    listening_.id = "listening";
    listening_.listener = ListenerLine::kOpened;
    alarm_.id = "alarm";
    alarm_.effects = {Effect{}};
    talk_.id = "talk";
  }
  Rule boot_, listening_, alarm_, talk_;
  BootMemory memory_;
};

TEST_F(BootMemoryTest, KeepsWhatChangesSomethingSinceTheLastBoot) {
  memory_.Note(boot_, "1", {});
  memory_.Note(alarm_, "2", {});
  memory_.Note(boot_, "3", {});
  memory_.Note(talk_, "4", {});
  memory_.Note(listening_, "5", {{"port", "1"}});
  EXPECT_THAT(Rules(memory_), ElementsAre("boot", "listening"));
}

TEST_F(BootMemoryTest, OfLinesThatSayTheSameTheNewestStays) {
  memory_.Note(boot_, "", {});
  memory_.Note(alarm_, "old", {});
  memory_.Note(listening_, "", {{"port", "1"}});
  memory_.Note(listening_, "", {{"port", "2"}});
  memory_.Note(alarm_, "new", {});
  EXPECT_THAT(Rules(memory_), ElementsAre("boot", "listening", "listening", "alarm"));
  EXPECT_EQ(memory_.events().back().line, "new");
}

TEST_F(BootMemoryTest, IsBoundedAndNeverLosesTheBootMarker) {
  memory_.Note(boot_, "", {});
  for (int i = 0; i < 10'000; ++i) memory_.Note(listening_, "", {{"port", std::to_string(i)}});
  ASSERT_EQ(memory_.events().size(), BootMemory::kMost);
  EXPECT_EQ(memory_.events().front().rule, "boot");
  EXPECT_EQ(memory_.events().back().captures[0].second, "9999");
}

}  // namespace
}  // namespace vitals

// The log and the state folder on a disk that is full: what was written is read, nothing is lost,
// nothing is made up, and the trouble is told once.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <set>

#include "probes/log/log_engine.h"
#include "tests/support/small_disk.h"
#include "tests/unit/probes/log/collected.h"
#include "tests/unit/probes/log/log_folder.h"

namespace vitals {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr std::size_t kDisk = 256 * 1024;
constexpr std::size_t kElsewhere = 64 * 1024;  // taken by another file

class FullDiskTest : public testing::Test {
 protected:
  FullDiskTest() {
    settings_.paths = {folder_.Path("b.log")};
    settings_.reclaim = Reclaim::kPunch;
    auto profile = std::make_shared<Profile>();
    profile->name = "alpha";
    for (const auto& [id, life_cycle] :
         {std::pair("boot", LifeCycle::kBooting), std::pair("say", LifeCycle::kNone)}) {
      Rule rule;
      rule.id = id;
      rule.match = std::string("^") + id + R"((?: (?P<n>\d+) .*\.)?$)";
      rule.life_cycle = life_cycle;
      profile->rules.push_back(rule);
    }
    profile_ = profile;
    if (disk_.mounted()) {
      folder_.Write("other", std::string(kElsewhere, 'x'));
    } else {
      std::printf("no right to mount: the log is cut by hand, the state goes to /dev/full\n");
      std::filesystem::create_symlink("/dev/full", folder_.Path("log.json.new"));
    }
  }

  // Until nothing is new, and once more: what a turn saves, the next one reports.
  void Follow(LogEngine& engine) {
    for (int i = 0; i < 2; ++i) {
      now_ += 2s;
      while (engine.Turn(now_) == Duration::zero()) {
      }
    }
    troubles_.insert(sink_.progress.trouble);
  }
  // A broker that writes until nothing goes any more: the last line stays without its end.
  void FillDisk() {
    for (std::size_t room = kDisk - kElsewhere; rest_.empty();) {
      std::string line = "say " + std::to_string(++lines_) + " " + std::string(100, 'x') + ".\n";
      const std::size_t most = disk_.mounted() ? line.size() : std::min(room, line.size());
      const ssize_t got = write(log_.get(), line.data(), most);
      ASSERT_TRUE(got >= 0 || errno == ENOSPC);
      const std::size_t written = got < 0 ? 0 : static_cast<std::size_t>(got);
      room -= written;
      if (written < line.size()) rest_ = line.substr(written);
    }
  }
  void MakeRoom() { folder_.Delete(disk_.mounted() ? "other" : "log.json.new"); }
  void Write(const std::string& text) {
    ASSERT_EQ(write(log_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

  LogFolder folder_;
  SmallDisk disk_{folder_.Path(""), kDisk};
  const Fd log_{
      open(folder_.Path("b.log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  LogSettings settings_;
  std::shared_ptr<const Profile> profile_;
  Collected sink_;
  std::set<std::string> troubles_;
  Time now_ = Time{} + 1h;
  std::size_t lines_ = 0;  // begun by the broker
  std::string rest_;       // of the last one
};

TEST_F(FullDiskTest, WhatWasWrittenIsReadAndTheRestWhenThereIsRoomAgain) {
  LogEngine engine(settings_, {profile_}, sink_, folder_.Path(""));
  Write("boot\n");
  FillDisk();
  for (int i = 0; i < 3; ++i) Follow(engine);
  ASSERT_GT(lines_, 1000u);
  // The engine began with the log: the boot and all whole lines are told, but not the last one.
  EXPECT_EQ(sink_.events.size(), 2 + lines_ - 1);
  EXPECT_EQ(sink_.newest.captures.front().second, std::to_string(lines_ - 1));
  EXPECT_EQ(sink_.progress.lines, 1 + lines_ - 1);
  EXPECT_EQ(sink_.progress.gaps + sink_.progress.truncations + sink_.progress.cut_lines, 0u);
  EXPECT_EQ(sink_.progress.freed_bytes, 0u) << "not before it is saved what was in it";
  EXPECT_THAT(troubles_, ElementsAre(HasSubstr("No space left on device")));
  EXPECT_THAT(sink_.progress.trouble, HasSubstr("log.json"));

  MakeRoom();
  Write(rest_ + "say 0 the end.\n");
  Follow(engine);
  EXPECT_EQ(sink_.events.size(), 2 + lines_ + 1);
  EXPECT_EQ(sink_.newest.line, "say 0 the end.");
  EXPECT_EQ(sink_.progress.trouble, "");
  EXPECT_EQ(troubles_.size(), 2u) << "one text all the while, and then none";
  EXPECT_TRUE(std::filesystem::exists(folder_.Path("log.json")));
}

TEST_F(FullDiskTest, AnAgentThatStartsOnItKnowsWhatTheLogSays) {
  Write("boot\n");
  FillDisk();
  LogEngine engine(settings_, {profile_}, sink_, folder_.Path(""));
  Follow(engine);
  EXPECT_EQ(sink_.events.size(), 2 + lines_ - 1);
  EXPECT_EQ(sink_.newest.captures.front().second, std::to_string(lines_ - 1));
  EXPECT_TRUE(sink_.newest.look_back);
  EXPECT_THAT(sink_.progress.trouble, HasSubstr("No space left on device"));
}

}  // namespace
}  // namespace vitals

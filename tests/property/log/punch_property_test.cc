// A log that is far larger than the disk it may take: the follower frees what it has read, is
// killed at random moments, and no line is missed. 64 MiB on a budget of 4 MiB, where the writer
// waits for the reader; MQTT_VITALS_PUNCH_MIB=2048 writes so much on a budget of 64 MiB, at 50 MiB
// a second whether or not anybody reads.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "agent/core/fd.h"
#include "tests/property/log/killed_follower.h"
#include "tests/support/temp_dir.h"

namespace vitals {
namespace {

constexpr std::size_t kMiB = 1 << 20;
constexpr std::size_t kRate = 50 * kMiB;  // a second, in the long run

struct Plan {
  std::size_t bytes, budget, between_kills;
  bool paced;
};

Plan MakePlan() {
  const char* text = std::getenv("MQTT_VITALS_PUNCH_MIB");
  if (text == nullptr) return {64 * kMiB, 4 * kMiB, 4 * kMiB, false};
  return {std::strtoul(text, nullptr, 10) * kMiB, 64 * kMiB, 64 * kMiB, true};
}

TEST(PunchProperty, NeverTakesMoreThanItsBudgetAndLosesNothingWhenKilled) {
  const Plan plan = MakePlan();
  const TempDir folder;
  const std::string path = folder.path() / "b.log";
  std::filesystem::create_directory(folder.path() / "state");
  const Fd log(open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  ASSERT_TRUE(log.valid());
  KilledFollower follower(path, folder.path() / "state", plan.bytes / 50);

  // Started on an empty file: everything is new.
  follower.Start();
  ASSERT_TRUE(follower.WaitForTurn());
  std::mt19937 random(1);
  std::size_t lines = 0, written = 0, kills = 0, most = 0;
  std::size_t next_kill = random() % plan.between_kills;
  std::vector<std::pair<std::size_t, std::size_t>> marks;  // bytes written, lines by then
  std::size_t checked = 0;
  const auto start = std::chrono::steady_clock::now();
  while (written < plan.bytes) {
    std::string text;
    while (text.size() < kMiB / 16) {
      text += "L" + std::to_string(lines++) + " " + std::string(40 + random() % 100, 'x') + "\n";
    }
    // Parts of lines, so that a kill often comes within one.
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t part = std::min<std::size_t>(text.size() - at, 1 + random() % 9000);
      ASSERT_EQ(write(log.get(), text.data() + at, part), static_cast<ssize_t>(part));
      at += part;
    }
    written += text.size();
    marks.emplace_back(written, lines);
    if (plan.paced) {
      const std::chrono::duration<double> due(static_cast<double>(written) / kRate);
      const auto left = start + due - std::chrono::steady_clock::now();
      if (left.count() > 0) {
        const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
        const timespec time{0, static_cast<long>(nanoseconds)};
        nanosleep(&time, nullptr);
      }
    } else {
      while (marks[checked].first + kMiB < written) ++checked;
      ASSERT_TRUE(follower.WaitFor(marks[checked].second)) << follower.FirstMissing(lines);
    }
    struct stat info{};
    ASSERT_EQ(fstat(log.get(), &info), 0);
    most = std::max(most, static_cast<std::size_t>(info.st_blocks) * 512);
    ASSERT_LE(most, plan.budget) << "after " << written << " bytes and " << kills << " kills";
    if (written >= next_kill) {
      follower.Kill();
      follower.Start();
      ++kills;
      next_kill = written + random() % plan.between_kills;
    }
  }
  EXPECT_TRUE(follower.WaitFor(lines)) << "never seen: line " << follower.FirstMissing(lines);
  EXPECT_GT(kills, 10u);
  std::printf("%zu MiB in %zu lines, %zu kills, at most %.1f MiB on disk\n", written / kMiB, lines,
              kills, static_cast<double>(most) / kMiB);
}

}  // namespace
}  // namespace vitals

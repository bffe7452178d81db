// What it costs to follow five files in which nothing happens. MQTT_VITALS_IDLE_SECONDS=60 measures
// for longer than the usual 2 s, after a warm-up of 2 s.
#include <gtest/gtest.h>
#include <time.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <variant>

#include "probes/log/log_probe.h"
#include "tests/support/temp_dir.h"

namespace vitals {
namespace {

// Progress comes once a second while nothing changes: that is the clock of this test.
class Reports final : public EvidenceSink {
 public:
  void Put(Evidence evidence) override {
    if (!std::holds_alternative<LogProgress>(evidence.what)) return;
    const std::lock_guard lock(mutex_);
    files_ = std::get<LogProgress>(evidence.what).files;
    ++count_;
    changed_.notify_all();
  }
  void Promise(Source, Time) override {}
  bool WaitForMore(int reports) {
    std::unique_lock lock(mutex_);
    const int wanted = count_ + reports;
    return changed_.wait_for(lock, std::chrono::seconds(reports + 20),
                             [&] { return count_ >= wanted; });
  }
  std::uint32_t files() {
    const std::lock_guard lock(mutex_);
    return files_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
  std::uint32_t files_ = 0;
};

double CpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

TEST(LogIdle, FiveQuietFilesCostNextToNothing) {
  const char* text = std::getenv("MQTT_VITALS_IDLE_SECONDS");
  const int seconds = text == nullptr ? 2 : static_cast<int>(std::strtol(text, nullptr, 10));
  const TempDir folder;
  LogSettings settings;
  for (const char* name : {"a.log", "b.log", "c.log", "d.log", "e.log"}) {
    settings.paths.push_back(folder.Write(name, "one line\n"));
  }
  const auto profile = std::make_shared<Profile>();
  SystemClock clock;
  Reports reports;
  LogProbe probe(settings, {profile}, clock, reports);
  probe.Start();
  ASSERT_TRUE(reports.WaitForMore(2));
  EXPECT_EQ(reports.files(), 5u);
  const double before = CpuSeconds();
  const Time start = clock.Now();
  ASSERT_TRUE(reports.WaitForMore(seconds));
  const double share = (CpuSeconds() - before) / Seconds(clock.Now() - start);
  probe.Stop();
  std::printf("%.4f %% of a core over %d s\n", share * 100, seconds);
  EXPECT_LT(share, 0.01);  // generous: sanitizers, and other work on the machine
}

}  // namespace
}  // namespace vitals

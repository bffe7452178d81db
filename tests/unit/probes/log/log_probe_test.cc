#include "probes/log/log_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <string>
#include <variant>

#include "tests/unit/probes/log/log_folder.h"

namespace vitals {
namespace {

using namespace std::chrono_literals;

class WaitingSink final : public EvidenceSink {
 public:
  void Put(Evidence evidence) override {
    const std::lock_guard lock(mutex_);
    if (std::holds_alternative<LogEvent>(evidence.what)) ++events_;
    if (std::holds_alternative<LogProgress>(evidence.what)) ++reports_;
    changed_.notify_all();
  }
  void Promise(Source loop, Time due) override {
    const std::lock_guard lock(mutex_);
    EXPECT_EQ(loop, Source::kLog);
    if (due > std::chrono::steady_clock::now() + 2s) ++too_far_;
    char name[16] = {};
    pthread_getname_np(pthread_self(), name, sizeof name);
    thread_ = name;
    if (promises_ == 0) first_thread_ = name;
    pause_ = due - std::chrono::steady_clock::now();
    ++promises_;
    changed_.notify_all();
  }
  template <typename Condition>
  bool WaitFor(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [&] { return condition(*this); });
  }

  int events_ = 0, reports_ = 0, promises_ = 0, too_far_ = 0;
  std::string thread_, first_thread_;
  Duration pause_{};  // the newest that was promised

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

TEST(LogProbe, FollowsPromisesAndStops) {
  const LogFolder folder;
  auto profile = std::make_shared<Profile>();
  Rule rule;
  rule.match = "^event";
  profile->rules = {rule};
  LogSettings settings;
  settings.paths = {folder.Path("b.log")};
  SystemClock clock;
  WaitingSink sink;
  LogProbe probe(settings, {profile}, clock, sink);
  probe.Start();
  EXPECT_TRUE(sink.WaitFor([](auto& s) { return s.promises_ > 2 && s.thread_ == "log"; }));
  EXPECT_NE(sink.first_thread_, "log") << "who stands still at once has been promised for";
  for (int i = 1; i <= 20; ++i) {
    folder.Write("b.log", "event\nnoise\n");
    ASSERT_TRUE(sink.WaitFor([i](auto& s) { return s.events_ == i; }));
  }
  EXPECT_TRUE(sink.WaitFor([](auto& s) { return s.reports_ > 0; }));
  const auto before = std::chrono::steady_clock::now();
  probe.Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, 1s);
  EXPECT_EQ(sink.too_far_, 0);
}

TEST(LogProbe, AWriteEndsALongPause) {
  const LogFolder folder;
  folder.Write("b.log", "noise\n");
  auto profile = std::make_shared<Profile>();
  Rule rule;
  rule.match = "^event";
  profile->rules = {rule};
  LogSettings settings;
  settings.paths = {folder.Path("b.log")};
  settings.poll_max = 20s;
  SystemClock clock;
  WaitingSink sink;
  LogProbe probe(settings, {profile}, clock, sink);
  probe.Start();
  ASSERT_TRUE(sink.WaitFor([](auto& s) { return s.promises_ > 1 && s.pause_ > 800ms; }));
  const auto before = std::chrono::steady_clock::now();
  folder.Write("b.log", "event\n");
  ASSERT_TRUE(sink.WaitFor([](auto& s) { return s.events_ == 1; }));
  EXPECT_LT(std::chrono::steady_clock::now() - before, 600ms);
  probe.Stop();
}

// As where inotify is forbidden or its instances are used up: polling finds the line.
TEST(LogProbe, WithoutInotifyItPolls) {
  const LogFolder folder;
  folder.Write("b.log", "noise\n");
  auto profile = std::make_shared<Profile>();
  Rule rule;
  rule.match = "^event";
  profile->rules = {rule};
  LogSettings settings;
  settings.paths = {folder.Path("b.log")};
  SystemClock clock;
  WaitingSink sink;
  rlimit usual{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &usual), 0);
  const rlimit none{0, usual.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  LogProbe probe(settings, {profile}, clock, sink);  // gets no descriptor for its bell
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &usual), 0);
  probe.Start();
  ASSERT_TRUE(sink.WaitFor([](auto& s) { return s.promises_ > 1 && s.pause_ > 200ms; }));
  folder.Write("b.log", "event\n");
  EXPECT_TRUE(sink.WaitFor([](auto& s) { return s.events_ == 1; }));
  const auto before = std::chrono::steady_clock::now();
  probe.Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, 2s);
}

TEST(LogProbe, StopsWhileItIsFlooded) {
  const LogFolder folder;
  folder.Write("b.log", "boot\n");
  folder.Write("b.log", std::string(32 << 20, 'x') + "\n");
  auto profile = std::make_shared<Profile>();
  Rule rule;
  rule.match = "^boot";
  rule.life_cycle = LifeCycle::kBooting;
  profile->rules = {rule};
  LogSettings settings;
  settings.paths = {folder.Path("b.log")};
  SystemClock clock;
  WaitingSink sink;
  LogProbe probe(settings, {profile}, clock, sink);
  probe.Start();
  EXPECT_TRUE(sink.WaitFor([](auto& s) { return s.promises_ > 1; }));
  const auto before = std::chrono::steady_clock::now();
  probe.Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, 1s);
}

TEST(LogProbe, StopWithoutStartIsNothing) {
  SystemClock clock;
  WaitingSink sink;
  LogProbe probe({}, {UnknownProfile()}, clock, sink);
  probe.Stop();
  EXPECT_EQ(sink.promises_, 0);
}

}  // namespace
}  // namespace vitals

// Two more shapes of logs, at random against a model: what a container runtime writes (CRI, lines
// in parts on two streams, rotated by the kubelet), and wrap logs (numbered files that are emptied
// and filled again in turn). Each line is seen once; of a wrap log may be missing only what was
// emptied unread. MQTT_VITALS_SEEDS as in log_property_test.cc.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string>

#include "agent/core/fd.h"
#include "probes/log/tailer.h"
#include "tests/support/temp_dir.h"

namespace vitals {
namespace {

constexpr std::uint64_t kNoLimit = 1ull << 40;

class Shape : protected LineSink {
 public:
  Shape(unsigned seed, std::string glob)
      : random_(seed), glob_(folder_.path() / glob), tailer_({glob_}, 0, kNoLimit) {
    Turn(true);
  }

  const std::string& history() const { return history_; }

  // Empty = the follower saw what it had to see.
  std::string Verdict() const {
    for (const auto& [line, times] : seen_) {
      if (times > 1) return "seen " + std::to_string(times) + " times: " + line;
      if (!written_.contains(line)) return "never written: " + line;
    }
    for (const std::string& line : written_) {
      if (!seen_.contains(line) && !may_miss_.contains(line)) return "lost: " + line;
    }
    return "";
  }

 protected:
  void Note(const std::string& what) { history_ += what + "\n"; }
  std::size_t Pick(std::size_t below) { return random_() % below; }
  std::string Text() {
    std::string text = "L" + std::to_string(serial_++) + "-";
    for (std::size_t i = Pick(60); i > 0; --i) text += static_cast<char>('a' + Pick(26));
    return text + ".";
  }
  std::string Path(const std::string& name) const { return folder_.path() / name; }
  Fd Open(const std::string& name, int flags) const {
    Fd fd(open(Path(name).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | flags, 0600));
    EXPECT_TRUE(fd.valid());
    return fd;
  }
  // Now and then a write ends within a line.
  void Append(const Fd& fd, std::string_view text) {
    const std::size_t first = Pick(4) == 0 ? Pick(text.size()) : text.size();
    for (const std::string_view part : {text.substr(0, first), text.substr(first)}) {
      EXPECT_EQ(write(fd.get(), part.data(), part.size()), std::ssize(part));
      if (first < text.size()) Turn(false);
    }
  }
  void Turn(bool to_the_end) {
    static constexpr std::array<std::size_t, 3> kBudgets = {7, 100, 1 << 20};
    now_ += std::chrono::milliseconds(to_the_end ? 1000 : Pick(600));
    tailer_.Scan(now_);
    while (tailer_.Read(now_, to_the_end ? 1 << 20 : kBudgets[Pick(3)], *this).more && to_the_end) {
    }
  }
  void Restart() {
    Note("restart");
    auto known = tailer_.Known();
    tailer_ = Tailer({glob_}, kNoLimit, kNoLimit);
    tailer_.Remember(std::move(known));
    Turn(false);
  }

  std::set<std::string> written_, may_miss_;
  std::map<std::string, int> seen_;

 private:
  void OnLine(std::string_view line, const LineOrigin&) override {
    Note("  saw " + std::string(line));
    ++seen_[std::string(line)];
  }
  bool BeginsBoot(std::string_view) override { return false; }

  std::mt19937 random_;
  const TempDir folder_;
  const std::string glob_;
  Tailer tailer_;
  Time now_ = Time{} + std::chrono::hours(1);
  int serial_ = 0;
  std::string history_;
};

class Runtime final : public Shape {
 public:
  explicit Runtime(unsigned seed) : Shape(seed, "0.log") {}

  void Run(int steps) {
    for (int i = 0; i < steps; ++i) Step();
    for (std::size_t stream = 0; stream < 2; ++stream) Write(stream, false);
    Turn(true);
    Turn(true);
  }

 private:
  void Step() {
    switch (Pick(8)) {
      case 0:
        // The kubelet rotates what the follower has seen; faster than that nobody could follow.
        Turn(Pick(2) == 0);
        Note("rotate");
        std::filesystem::rename(Path("0.log"), Path("0.log." + std::to_string(rotations_++)));
        log_ = Open("0.log", O_EXCL);
        return;
      case 1:
        // While parts wait for their end, a restart may tell lines between them twice, and a line
        // that began in an older file only in part.
        if (!open_[0].empty() || !open_[1].empty()) return;
        Turn(true);
        Turn(true);
        return Restart();
      case 2:
      case 3:
        return Turn(Pick(3) == 0);
      default:
        return Write(Pick(2), Pick(3) == 0);
    }
  }

  void Write(std::size_t stream, bool partial) {
    const std::string text = Text();
    Note((partial ? "part " : "end ") + std::to_string(stream) + " " + text);
    Append(log_, std::string("2026-01-31T23:59:59.123456789Z ") +
                     (stream == 0 ? "stdout" : "stderr") + (partial ? " P " : " F ") + text + "\n");
    open_[stream] += text;
    if (!partial) written_.insert(std::exchange(open_[stream], {}));
  }

  Fd log_ = Open("0.log", 0);
  std::array<std::string, 2> open_;  // parts of the line under way
  int rotations_ = 0;
};

class Wrap final : public Shape {
 public:
  // The follower knows all files: one that appears while it is down has a past that it skips.
  explicit Wrap(unsigned seed) : Shape(seed, "wrap.*") {
    for (std::size_t i = 0; i < lines_.size(); ++i) Open("wrap." + std::to_string(i), 0);
    Turn(true);
  }

  void Run(int steps) {
    for (int i = 0; i < steps; ++i) {
      switch (Pick(8)) {
        case 0:
          Next();
          break;
        case 1:
          Restart();
          break;
        case 2:
        case 3:
          Turn(Pick(3) == 0);
          break;
        default:
          const std::string line = Text();
          written_.insert(line);
          lines_[number_].insert(line);
          Append(log_, line + "\n");
      }
    }
    Turn(true);
    Turn(true);
  }

 private:
  void Next() {
    Turn(Pick(2) == 0);
    number_ = (number_ + 1) % lines_.size();
    for (const std::string& line : lines_[number_]) {
      if (!seen_.contains(line)) may_miss_.insert(line);
    }
    lines_[number_].clear();
    Note("wrap " + std::to_string(number_));
    log_ = Open("wrap." + std::to_string(number_), O_TRUNC);
  }

  std::array<std::set<std::string>, 4> lines_;
  std::size_t number_ = 0;
  Fd log_ = Open("wrap.0", 0);
};

template <typename Model>
void Try() {
  const char* text = std::getenv("MQTT_VITALS_SEEDS");
  const unsigned long seeds = text == nullptr ? 300 : std::strtoul(text, nullptr, 10);
  for (unsigned seed = 0; seed < seeds; ++seed) {
    Model model(seed);
    model.Run(120);
    ASSERT_EQ(model.Verdict(), "") << "seed " << seed << "\n" << model.history();
  }
}

TEST(LogProperty, EachLineOfAContainerIsSeenOnceAndWhole) { Try<Runtime>(); }

TEST(LogProperty, OfWrapLogsOnlyUnreadLinesAreLost) { Try<Wrap>(); }

}  // namespace
}  // namespace vitals

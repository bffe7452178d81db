// The files: bounded, rotating, whole lines, and a recorder that never waits for a disk.
#include "agent/recorder/recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "agent/recorder/recording_reader.h"
#include "tests/support/fake_clock.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"
#include "tests/unit/agent/recorder/sample_profile.h"

namespace vitals {
namespace {

namespace fs = std::filesystem;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

class RecorderTest : public testing::Test {
 protected:
  RecorderTest() { settings_.state_dir = state_.path(); }

  fs::path Folder() const { return state_.path() / "recorder"; }
  std::uint64_t Bytes() const {
    std::uint64_t bytes = 0;
    for (const fs::path& path : RecordingFiles(Folder())) bytes += fs::file_size(path);
    return bytes;
  }
  std::string Text() const {
    std::string text;
    for (const fs::path& path : RecordingFiles(Folder())) text += ReadFile(path);
    return text;
  }
  static std::size_t Count(const std::string& text, std::string_view what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
    return count;
  }
  Evidence Round(std::uint64_t number) {
    clock_.Advance(1ms);
    RoundTripEvidence round;
    round.round = number;
    return {clock_.Now(), round};
  }

  TempDir state_;
  Settings settings_;
  FakeClock clock_;
};

TEST_F(RecorderTest, WithoutAStateFolderNothingHappens) {
  settings_.state_dir.clear();
  Recorder recorder(settings_, SampleHead(), clock_);
  ASSERT_TRUE(recorder.Start());
  recorder.Record(Round(1), nullptr);
  recorder.Stop();
  EXPECT_EQ(recorder.written() + recorder.dropped(), 0u);
  EXPECT_FALSE(fs::exists("recorder"));
}

TEST_F(RecorderTest, IsOffWithoutBytes) {
  settings_.recorder.max_bytes = 0;
  Recorder recorder(settings_, SampleHead(), clock_);
  ASSERT_TRUE(recorder.Start());
  recorder.Record(Round(1), nullptr);
  recorder.Stop();
  EXPECT_FALSE(fs::exists(Folder()));
}

TEST_F(RecorderTest, CanBeReadWhileItIsWritten) {
  Recorder recorder(settings_, SampleHead(), clock_);
  ASSERT_TRUE(recorder.Start());
  for (std::uint64_t i = 1; i <= 3; ++i) {
    recorder.Record(Round(i), nullptr);
    ASSERT_TRUE(WaitUntil(20s, [&] { return Count(Text(), "\"round\":{") == i; })) << Text();
    EXPECT_TRUE(Text().ends_with("}\n"));
  }
}

TEST_F(RecorderTest, TextOfTheBrokerOnlyWhereAskedFor) {
  const Rule rule = [] {
    Rule one;
    one.id = "saving";
    return one;
  }();
  for (const bool asked : {false, true}) {
    settings_.output.broker_lines = asked;
    Recorder recorder(settings_, SampleHead(), clock_);
    ASSERT_TRUE(recorder.Start());
    recorder.Record({clock_.Now(), LogEvent{&rule, "client 4711", {}}}, nullptr);
    recorder.Record({clock_.Now(), LogContext{&rule, "of client 4712"}}, nullptr);
    recorder.Stop();
    const std::string text = ReadFile(RecordingFiles(Folder()).back());
    EXPECT_EQ(Count(text, "\"rule\":\"saving\""), asked ? 2u : 1u) << text;
    EXPECT_EQ(Count(text, "client 4711"), asked ? 1u : 0u);
    EXPECT_EQ(Count(text, "client 4712"), asked ? 1u : 0u);
  }
}

TEST_F(RecorderTest, StopWritesWhatWaits) {
  {
    Recorder recorder(settings_, SampleHead(), clock_);
    ASSERT_TRUE(recorder.Start());
    for (std::uint64_t i = 1; i <= 5000; ++i) recorder.Record(Round(i), nullptr);
    recorder.Record({clock_.Now(), Tick{}}, nullptr);
    recorder.Stop();
    EXPECT_EQ(recorder.dropped(), 0u);
    EXPECT_EQ(recorder.written(), Bytes());
  }
  EXPECT_EQ(Count(Text(), "\"round\":{"), 5000u);
  EXPECT_EQ(Count(Text(), "\"ticks\":"), 1u);
}

// A second agent goes on in new files; the last line of the first may be torn.
TEST_F(RecorderTest, EachLifeBeginsAFileOfItsOwn) {
  for (int life = 0; life < 2; ++life) {
    Recorder recorder(settings_, SampleHead(), clock_);
    ASSERT_TRUE(recorder.Start());
    recorder.Record(Round(1), nullptr);
    recorder.Stop();
    std::ofstream(RecordingFiles(Folder()).back(), std::ios::app) << "{\"at\":12";
  }
  const auto files = RecordingFiles(Folder());
  ASSERT_EQ(files.size(), 2u);
  for (const fs::path& file : files) EXPECT_TRUE(IsRecordingHead(ReadFile(file)));
}

TEST_F(RecorderTest, KeepsTheNewestWithinItsBytes) {
  settings_.recorder.max_bytes = 64 << 10;
  Recorder recorder(settings_, SampleHead(), clock_);
  ASSERT_TRUE(recorder.Start());
  std::uint64_t round = 0;
  for (int turn = 0; turn < 6; ++turn) {
    const std::uint64_t before = recorder.written();
    for (int i = 0; i < 700; ++i) recorder.Record(Round(++round), nullptr);
    ASSERT_TRUE(WaitUntil(20s, [&] { return recorder.written() > before; }));
    EXPECT_LE(Bytes(), settings_.recorder.max_bytes);
  }
  recorder.Stop();
  EXPECT_LE(Bytes(), settings_.recorder.max_bytes);
  EXPECT_GE(Bytes(), settings_.recorder.max_bytes / 2);
  EXPECT_EQ(recorder.dropped(), 0u);
  EXPECT_NE(Text().find("\"round\":" + std::to_string(round)), std::string::npos);
  std::uint64_t part = 0;
  for (const fs::path& file : RecordingFiles(Folder())) {
    std::ifstream lines(file);
    std::string first;
    std::getline(lines, first);
    const auto head = ReadHead(first);
    ASSERT_TRUE(head) << first;
    EXPECT_TRUE(part == 0 || head->part == part + 1) << "parts follow each other";
    part = head->part;
  }
}

TEST_F(RecorderTest, CountsWhatItsQueueCannotTake) {
  Recorder recorder(settings_, SampleHead(), clock_);
  ASSERT_TRUE(recorder.Start());
  std::uint64_t put = 0;
  // Faster than any thread can write JSON.
  while (recorder.dropped() == 0 && put < 10'000'000) recorder.Record(Round(++put), nullptr);
  ASSERT_GT(recorder.dropped(), 0u);
  recorder.Stop();
  const std::string text = Text();
  EXPECT_NE(text.find("\"lost\":"), std::string::npos) << "the recording says so";
}

TEST_F(RecorderTest, LeavesOutAFloodOfEventsThatNothingJudges) {
  Recorder recorder(settings_, SampleHead(), clock_);
  ASSERT_TRUE(recorder.Start());
  const auto& rules = SampleProfile()->rules;
  for (int i = 0; i < 1000; ++i) recorder.Record({clock_.Now(), LogEvent{&rules[0], {}, {}}}, {});
  for (int i = 0; i < 30; ++i) recorder.Record({clock_.Now(), LogEvent{&rules[1], {}, {}}}, {});
  clock_.Advance(2s);
  recorder.Record({clock_.Now(), LogEvent{&rules[0], {}, {}}}, {});
  recorder.Stop();
  EXPECT_EQ(Count(Text(), "\"rule\":\"idle\""), Recorder::kIdleEvents + 1u);
  EXPECT_EQ(Count(Text(), "\"rule\":\"started\""), 30u);
  EXPECT_NE(Text().find("\"thinned\":980"), std::string::npos);
  EXPECT_EQ(recorder.dropped(), 0u);
}

TEST_F(RecorderTest, SaysWhyItCannotWork) {
  std::ofstream(state_.path() / "recorder") << "a file";
  Recorder recorder(settings_, SampleHead(), clock_);
  const auto started = recorder.Start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().ToString(),
              testing::HasSubstr((state_.path() / "recorder").string()));
  recorder.Record(Round(1), nullptr);
  EXPECT_EQ(recorder.dropped(), 0u) << "it is off";
}

// The disk is full for a while: RLIMIT_FSIZE, of which a write of several lines takes a part.
TEST_F(RecorderTest, AFullDiskTearsNoLineAndIsCounted) {
  std::signal(SIGXFSZ, SIG_IGN);
  RotatingFiles files(Folder(), 16 << 20, [] { return std::string("{\"recording\":1}\n"); });
  ASSERT_TRUE(files.Open());
  EXPECT_EQ(files.Append("{\"line\":1}\n"), 0u);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit tight = before;
  tight.rlim_cur = 32;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
  EXPECT_EQ(files.Append("{\"line\":2}\n{\"line\":3}\n"), 2u);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(files.Append("{\"line\":4}\n"), 0u);
  EXPECT_EQ(Text(), "{\"recording\":1}\n{\"line\":1}\n{\"line\":4}\n");
  EXPECT_EQ(files.written(), Bytes());
}

}  // namespace
}  // namespace vitals

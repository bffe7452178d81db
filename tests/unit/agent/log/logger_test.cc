#include "agent/log/logger.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>
#include <vector>

#include "agent/core/fd.h"
#include "tests/support/fake_clock.h"

namespace vitals {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

struct Pipe {
  Pipe() {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    read = Fd(ends[0]);
    write = Fd(ends[1]);
  }
  std::string ReadAll() {
    write.Close();
    std::string text;
    char buffer[4096];
    for (ssize_t got; (got = ::read(read.get(), buffer, sizeof buffer)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(got));
    }
    return text;
  }
  Fd read, write;
};

std::vector<json> Lines(const std::string& text) {
  std::vector<json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(json::parse(line));
  return lines;
}

Duration Took(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::steady_clock::now() - start;
}

class LoggerTest : public testing::Test {
 protected:
  FakeClock clock_;
  Pipe pipe_;
};

TEST(LogLine, Golden) {
  const WallTime at{milliseconds(1'800'000'000'042)};
  EXPECT_EQ(LogLine(at, LogLevel::kWarn, "text",
                    {{"flag", true},
                     {"signed", std::int64_t{-3}},
                     {"unsigned", std::uint64_t{7}},
                     {"real", 0.5},
                     {"text", "a \"b\"\n\xff"}}),
            R"({"ts":"2027-01-15T08:00:00.042Z","level":"warn","msg":"text","flag":true,)"
            R"("signed":-3,"unsigned":7,"real":0.5,"text":"a \"b\"\n)"
            "\xef\xbf\xbd\"}");
  EXPECT_EQ(LogLine(at, LogLevel::kInfo, "text", {{"number", 0.0 / 1.0}}).find('\n'),
            std::string::npos);
}

TEST_F(LoggerTest, WritesLinesInOrderAndFlushesAtTheEnd) {
  Logger logger(LogLevel::kInfo, pipe_.write.get(), clock_);
  for (int i = 0; i < 500; ++i) logger.Info("line", {{"n", std::int64_t{i}}});
  logger.Debug("too fine");
  logger.Error("last");
  logger.Stop();
  const auto lines = Lines(pipe_.ReadAll());
  ASSERT_EQ(lines.size(), 501u);
  for (std::size_t i = 0; i < 500; ++i) ASSERT_EQ(lines[i]["n"], i);
  EXPECT_EQ(lines.back()["msg"], "last");
  EXPECT_EQ(lines.back()["level"], "error");
  EXPECT_EQ(lines.back()["ts"], "2027-01-15T09:00:00.000Z");
  EXPECT_EQ(logger.dropped(), 0u);
}

TEST_F(LoggerTest, FormatMarksInTextMeanNothing) {
  Logger logger(LogLevel::kInfo, pipe_.write.get(), clock_);
  logger.Info("{} %v %s", {{"text", "{} %n"}});
  logger.Stop();
  const auto lines = Lines(pipe_.ReadAll());
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["msg"], "{} %v %s");
  EXPECT_EQ(lines[0]["text"], "{} %n");
}

// Nobody reads: callers go on, the newest lines are kept, every lost one is counted, and the end
// comes in time.
TEST_F(LoggerTest, ABlockedReaderBlocksNobody) {
  const int size = ::fcntl(pipe_.write.get(), F_SETPIPE_SZ, 4096);
  ASSERT_GT(size, 0);
  constexpr std::uint64_t kLines = 20'000;
  std::uint64_t written = 0;
  {
    Logger logger(LogLevel::kInfo, pipe_.write.get(), clock_);
    const auto took = Took([&] {
      for (std::uint64_t i = 0; i < kLines; ++i) logger.Info("line", {{"n", i}});
    });
    EXPECT_LT(took, std::chrono::seconds(5));
    EXPECT_GT(logger.dropped(), kLines / 2);
    EXPECT_LT(Took([&] { logger.Stop(); }), milliseconds(1'500));
    written = kLines - logger.dropped();
  }
  // What was written is whole, but for the line that was cut when the time was over.
  std::string text = pipe_.ReadAll();
  text.resize(text.rfind('\n') + 1);
  EXPECT_EQ(Lines(text).size(), written);
}

TEST_F(LoggerTest, ReaderThatComesBackGetsTheNewestLines) {
  ASSERT_GT(::fcntl(pipe_.write.get(), F_SETPIPE_SZ, 4096), 0);
  Logger logger(LogLevel::kInfo, pipe_.write.get(), clock_);
  for (std::uint64_t i = 0; i < 5'000; ++i) logger.Info("line", {{"n", i}});
  std::string text;
  std::thread reader([&] {
    char buffer[4096];
    for (ssize_t got; (got = ::read(pipe_.read.get(), buffer, sizeof buffer)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(got));
    }
  });
  logger.Stop();
  pipe_.write.Close();
  reader.join();
  const auto lines = Lines(text);
  EXPECT_EQ(lines.size() + logger.dropped(), 5'000u);
  EXPECT_GE(lines.size(), Logger::kPlaces);
  EXPECT_EQ(lines.back()["n"], 4'999);
}

TEST_F(LoggerTest, ClosedReaderIsCountedAndHarmless) {
  pipe_.read.Close();
  Logger logger(LogLevel::kInfo, pipe_.write.get(), clock_);
  logger.Info("into the void");
  logger.Stop();
  EXPECT_EQ(logger.dropped(), 1u);
  logger.Info("after the end");
  logger.Stop();
}

TEST_F(LoggerTest, ManyThreads) {
  Pipe pipe;
  std::string text;
  std::thread reader([&] {
    char buffer[4096];
    for (ssize_t got; (got = ::read(pipe.read.get(), buffer, sizeof buffer)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(got));
    }
  });
  Logger logger(LogLevel::kInfo, pipe.write.get(), clock_);
  std::vector<std::thread> writers;
  for (int t = 0; t < 4; ++t) {
    writers.emplace_back([&] {
      for (int i = 0; i < 500; ++i) logger.Warn("line", {{"text", std::string(200, 'x')}});
    });
  }
  for (auto& writer : writers) writer.join();
  logger.Stop();
  pipe.write.Close();
  reader.join();
  EXPECT_EQ(Lines(text).size() + logger.dropped(), 2'000u);
}

}  // namespace
}  // namespace vitals

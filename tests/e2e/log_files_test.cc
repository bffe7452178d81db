// What people and logrotate do to a log file under a running agent: rename, delete, truncate. Every
// line that the broker wrote is read once, no more and no less.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "tests/e2e/e2e.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

namespace fs = std::filesystem;

double LinesIn(const fs::path& file) {
  const std::string text = ReadFile(file);
  return static_cast<double>(std::count(text.begin(), text.end(), '\n'));
}

class LogFilesTest : public MosquittoTest {
 protected:
  // Starts both; the agent has read all that was there.
  void Begin() {
    ASSERT_TRUE(Ok(broker_.Start()));
    ASSERT_TRUE(Ok(agent_.Start()));
    ASSERT_TRUE(agent_.WaitReady(kPatience)) << agent_.Story();
    ASSERT_TRUE(WaitUntil(kPatience, [&] { return ReadLines() == LinesIn(broker_.log()); }))
        << ReadLines() << " read, " << LinesIn(broker_.log()) << " written";
  }
  double ReadLines() const { return agent_.Metric("mqtt_vitals_log_lines_total"); }

  // Each client makes the broker write lines.
  void Clients(int count) {
    for (int i = 0; i < count; ++i) ASSERT_EQ(Publish(broker_, "t", "m"), 0);
  }
  // The two numbers must meet, and meet again after more lines: one that ran ahead never does.
  void ExpectAllRead(const std::function<double()>& written) {
    for (int i = 0; i < 2; ++i) {
      EXPECT_TRUE(WaitUntil(kPatience, [&] { return ReadLines() == written(); }))
          << ReadLines() << " read, " << written() << " written";
      if (i == 0) Clients(3);
    }
  }

  MosquittoBroker broker_;
  AgentProcess agent_{Watching(broker_)};
};

TEST_F(LogFilesTest, RenamedWhileTheBrokerWritesOnThenOpenedAgain) {
  Begin();
  const fs::path old = broker_.log().string() + ".1";
  const auto both = [&] { return LinesIn(old) + LinesIn(broker_.log()); };
  fs::rename(broker_.log(), old);
  Clients(10);  // into the renamed file
  EXPECT_FALSE(fs::exists(broker_.log()));
  ExpectAllRead(both);
  broker_.Hangup();
  Clients(10);
  EXPECT_TRUE(WaitUntil(kPatience, [&] { return fs::exists(broker_.log()); }));
  Clients(10);
  EXPECT_GT(LinesIn(broker_.log()), 10);
  ExpectAllRead(both);
  EXPECT_GE(agent_.Metric("mqtt_vitals_log_rotations_total"), 1);
  EXPECT_EQ(agent_.Metric("mqtt_vitals_log_gaps_total"), 0);
  EXPECT_TRUE(agent_.Ready()) << agent_.Story();
}

TEST_F(LogFilesTest, DeletedAndOpenedAgain) {
  Begin();
  const fs::path kept = files_.path() / "kept.log";  // the same file, under a name we can count in
  fs::create_hard_link(broker_.log(), kept);
  fs::remove(broker_.log());
  Clients(10);
  ExpectAllRead([&] { return LinesIn(kept); });
  broker_.Hangup();
  EXPECT_TRUE(WaitUntil(kPatience, [&] { return fs::exists(broker_.log()); }));
  Clients(10);
  ExpectAllRead([&] { return LinesIn(kept) + LinesIn(broker_.log()); });
  EXPECT_TRUE(agent_.Ready()) << agent_.Story();
}

TEST_F(LogFilesTest, TruncatedInPlace) {
  Begin();
  Clients(10);
  ExpectAllRead([&] { return LinesIn(broker_.log()); });
  // Mosquitto may log the end of a client after that client has gone: the file has to be at rest.
  ASSERT_TRUE(HoldsFor(500ms, [&] { return ReadLines() == LinesIn(broker_.log()); }));
  const double before = ReadLines();
  fs::resize_file(broker_.log(), 0);
  ASSERT_TRUE(WaitUntil(kPatience,
                        [&] { return agent_.Metric("mqtt_vitals_log_truncations_total") == 1; }));
  Clients(10);
  ExpectAllRead([&] { return before + LinesIn(broker_.log()); });
  EXPECT_TRUE(agent_.Ready()) << agent_.Story();
}

TEST_F(LogFilesTest, ARotationCountsNoEventTwice) {
  Begin();
  const auto boots = [&] {
    return agent_.Metric("mqtt_vitals_log_events_total", {"event=\"broker_started\""});
  };
  EXPECT_EQ(boots(), 0) << "what happened before the agent's start is no event of its life";
  broker_.Stop();
  ASSERT_TRUE(Ok(broker_.Start()));
  EXPECT_TRUE(WaitUntil(kPatience, [&] { return boots() == 1; })) << boots();
  fs::rename(broker_.log(), broker_.log().string() + ".1");
  Clients(5);
  broker_.Hangup();
  ASSERT_TRUE(WaitUntil(kPatience, [&] { return fs::exists(broker_.log()); }));
  ExpectAllRead([&] { return LinesIn(broker_.log().string() + ".1") + LinesIn(broker_.log()); });
  EXPECT_EQ(boots(), 1);
}

}  // namespace
}  // namespace vitals

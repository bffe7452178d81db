// The rules as a person tries them, with the built program, and how long a line takes to a metric.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "tests/e2e/e2e.h"
#include "tests/support/free_port.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

using nlohmann::json;

class RulesTest : public testing::Test {
 protected:
  Finished Agent(std::vector<std::string> args) {
    args.insert(args.begin(), AgentBinary());
    return RunToEnd({"agent", files_.path(), std::move(args)});
  }
  TempDir files_;
};

TEST_F(RulesTest, TestExplainsALogOfTheStandardInput) {
  const std::string log = files_.Write(
      "a.log",
      "1795346782: mosquitto version 2.0.11 starting\n"
      "1795346782: mosquitto version 2.0.11 running\n1795346783: Error: what is this\n");
  const Finished finished = RunToEnd(
      {"sh", files_.path(), {"sh", "-c", AgentBinary() + " rules test auto - -o json <" + log}});
  ASSERT_EQ(finished.code, 0) << finished.err;
  std::istringstream lines(finished.out);
  std::vector<json> objects;
  for (std::string line; std::getline(lines, line);) objects.push_back(json::parse(line));
  ASSERT_EQ(objects.size(), 3u) << finished.out;
  EXPECT_EQ(objects[0]["file"], "-");
  EXPECT_EQ(objects[0]["event"], "broker_booting");
  EXPECT_EQ(objects[1]["line"], 2);
  EXPECT_EQ(objects[2]["profile"], "mosquitto");
  EXPECT_EQ(objects[2]["stage"], "started");
  EXPECT_EQ(objects[2]["unmatched_warnings"], 1);
}

TEST_F(RulesTest, MistakesEndWithCodeTwo) {
  EXPECT_EQ(Agent({"rules", "test", "mosquitto", files_.path() / "none.log"}).code, 2);
  EXPECT_EQ(Agent({"rules", "test", "nosuch", "-"}).code, 2);
  const std::string bad =
      files_.Write("bad.yaml", "name: bad\nrules:\n  - {id: a, event: a, match: (}\n");
  const Finished check = Agent({"rules", "check", bad});
  EXPECT_EQ(check.code, 2);
  EXPECT_NE(check.err.find("bad.yaml:3"), std::string::npos) << check.err;
}

// From a line in the log of a quiet broker to the metric that a scrape sees.
TEST_F(RulesTest, ALineIsAMetricWithinThreeHundredMilliseconds) {
  constexpr int kLines = 40;
  const std::string log =
      files_.Write("mosquitto.log", "1795346782: mosquitto version 2.0.11 starting\n");
  AgentProcess agent({"--broker", "mqtt://127.0.0.1:" + std::to_string(FreePort()), "--log", log,
                      "--profile", "mosquitto"});
  ASSERT_TRUE(Ok(agent.Start()));
  const auto events = [&] {
    return agent.Metric("mqtt_vitals_log_events_total", {"event=\"save_started\""});
  };
  std::ofstream file(log, std::ios::app);
  std::mt19937 random(20261124);
  std::vector<double> ms;
  for (int i = 1; i <= kLines; ++i) {
    // The agent polls a quiet file less and less often: come at any point of its pause.
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 600));
    const Time written = std::chrono::steady_clock::now();
    file << "1795346783: Saving in-memory database to /mosquitto/data/mosquitto.db.\n"
         << std::flush;
    ASSERT_TRUE(WaitUntil(kPatience, [&] { return events() >= i; }, 1ms)) << agent.Story();
    ms.push_back(Seconds(std::chrono::steady_clock::now() - written) * 1000);
  }
  std::ranges::sort(ms);
  std::printf("line written -> metric visible, ms, n=%d: min %.1f p50 %.1f p90 %.1f max %.1f\n",
              kLines, ms.front(), ms[kLines / 2], ms[kLines * 9 / 10], ms.back());
  EXPECT_LE(ms.back(), 300);
}

}  // namespace
}  // namespace vitals

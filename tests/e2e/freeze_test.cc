// A frozen broker keeps its port open and answers nobody: the failure that a TCP check never sees.
// Each round stops the real broker at a random moment, then lets it go on, and measures how long
// readiness needs to follow. MQTT_VITALS_ROUNDS sets the number of rounds.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <random>
#include <regex>
#include <thread>

#include "tests/e2e/e2e.h"
#include "tests/support/connack.h"
#include "tests/support/hivemq_broker.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

constexpr Duration kLimit = 3s;

int Rounds() {
  const char* rounds = std::getenv("MQTT_VITALS_ROUNDS");
  return rounds == nullptr ? 20 : std::max(1, std::atoi(rounds));
}

void PrintDistribution(std::string_view what, std::vector<double> seconds) {
  std::sort(seconds.begin(), seconds.end());
  const auto at = [&](double share) {
    const double rank = std::ceil(share * static_cast<double>(seconds.size()));
    return seconds[static_cast<std::size_t>(rank) - 1];
  };
  std::cout << std::fixed << std::setprecision(3) << what << ": n=" << seconds.size() << " min "
            << seconds.front() << " p50 " << at(0.5) << " p99 " << at(0.99) << " max "
            << seconds.back() << " s\n";
}

// A failed check that says in which step of the conversation the broker fell silent.
void ExpectReasonNamesTheStage(const std::string& verbose) {
  const std::regex reason(
      "\\[-\\](accepting|delivering)/\\S+ failed: \\S+ .*"
      "(connack|suback|delivery|session)[^\n]*");
  EXPECT_TRUE(std::regex_search(verbose, reason)) << verbose;
}

void FreezeRepeatedly(Broker& broker) {
  ASSERT_TRUE(Ok(broker.Start()));
  AgentProcess agent(Watching(broker));
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(agent.WaitReady(kPatience)) << agent.Story();

  std::mt19937 random(std::random_device{}());
  std::uniform_int_distribution<int> phase_ms(0, 999);  // of the round trip's interval
  std::vector<double> to_not_ready;
  std::vector<double> to_ready;
  const int rounds = Rounds();
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    std::this_thread::sleep_for(std::chrono::milliseconds(phase_ms(random)));
    ASSERT_TRUE(agent.Ready()) << agent.Story();

    broker.Freeze();
    const auto noticed = agent.WaitNotReady(kLimit);
    ASSERT_TRUE(noticed) << "still ready " << Seconds(kLimit) << " s after SIGSTOP"
                         << agent.Story();
    to_not_ready.push_back(Seconds(*noticed));
    ExpectReasonNamesTheStage(agent.Probe("/readyz?verbose").body);
    EXPECT_TRUE(agent.Alive()) << "liveness has a window of 60 s";

    broker.Thaw();
    ASSERT_TRUE(WaitUntil(kPatience, [&] { return AskConnack(broker.port()) == 0; }));
    const auto recovered = agent.WaitReady(kLimit);
    ASSERT_TRUE(recovered) << "not ready " << Seconds(kLimit) << " s after the broker answered"
                           << agent.Story();
    to_ready.push_back(Seconds(*recovered));
  }
  PrintDistribution("SIGSTOP to not ready", to_not_ready);
  PrintDistribution("answering to ready  ", to_ready);
  EXPECT_EQ(agent.Stop(), 0);
}

class FreezeTest : public MosquittoTest {};

TEST_F(FreezeTest, MosquittoIsSeenFrozenAndThawed) {
  MosquittoBroker broker;
  FreezeRepeatedly(broker);
}

TEST(FreezeHiveMqTest, HiveMqIsSeenFrozenAndThawed) {
  if (!HiveMqBroker::Available()) GTEST_SKIP() << NotFound("HiveMQ CE");
  HiveMqBroker broker;
  FreezeRepeatedly(broker);
}

}  // namespace
}  // namespace vitals

// What the agent leaves at a broker: packets, connections, lines in its log; and that agents which
// start together do not get in each other's way.
//
// MQTT_VITALS_FOOTPRINT=all asks all five brokers over 60 rounds, and starts 40 pairs
// (./scripts/long footprint); by default Mosquitto over 5 rounds, and 3 pairs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>

#include "tests/e2e/e2e.h"
#include "tests/support/artemis_broker.h"
#include "tests/support/hivemq_broker.h"
#include "tests/support/nats_broker.h"
#include "tests/support/net_namespace.h"
#include "tests/support/rabbitmq_broker.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

bool WantsAll() { return std::getenv("MQTT_VITALS_FOOTPRINT") != nullptr; }

struct Kind {
  std::string name;
  bool (*available)();
  std::unique_ptr<Broker> (*make)();
};

template <typename OneBroker>
std::unique_ptr<Broker> Make() {
  return std::make_unique<OneBroker>();
}

std::vector<Kind> WantedKinds() {
  std::vector<Kind> kinds = {
      {"mosquitto", MosquittoBroker::Available, Make<MosquittoBroker>},
      {"nats", NatsBroker::Available, Make<NatsBroker>},
      {"rabbitmq", RabbitMqBroker::Available, Make<RabbitMqBroker>},
      {"hivemq", HiveMqBroker::Available, Make<HiveMqBroker>},
      {"artemis", ArtemisBroker::Available, Make<ArtemisBroker>},
  };
  if (!WantsAll()) kinds.resize(1);
  return kinds;
}

// What had happened until one moment.
struct Count {
  double packets = 0;
  double lines = 0;
  double rounds = 0;
  double connects = 0;
};

class FootprintTest : public testing::TestWithParam<Kind> {
 protected:
  static double Attempts(const AgentProcess& agent, const std::string& probe) {
    return agent.Metric("mqtt_vitals_probe_attempts_total", {"probe=\"" + probe + "\""});
  }
  // Two rules without a target count what goes to the broker and what comes from it.
  double Packets() const {
    const auto listed = RunToEnd(
        {.name = "iptables", .folder = TempDir().path(), .args = {"iptables", "-nvxL", "INPUT"}});
    std::istringstream lines(listed.out);
    double sum = 0;
    for (std::string line; std::getline(lines, line);) {
      if (line.find("tcp") != std::string::npos) sum += std::strtod(line.c_str(), nullptr);
    }
    return sum;
  }
  Count Now(const AgentProcess& agent, const Broker& broker) const {
    const std::string log = ReadFile(broker.log());
    return {Packets(), static_cast<double>(std::count(log.begin(), log.end(), '\n')),
            Attempts(agent, "round_trip"), Attempts(agent, "listener")};
  }
};

TEST_P(FootprintTest, AtTheDefaults) {
  if (!GetParam().available()) GTEST_SKIP() << NotFound(GetParam().name);
  if (!FindProgram("iptables")) GTEST_SKIP() << NotFound("iptables");
  const NetNamespace net;
  if (!net.entered()) GTEST_SKIP() << "SKIPPED: a network namespace needs root";
  const auto broker = GetParam().make();
  ASSERT_TRUE(Ok(broker->Start()));
  AgentProcess agent(Watching(*broker, {"--profile", GetParam().name}));
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  const std::string port = std::to_string(broker->port());
  ASSERT_TRUE(net.Iptables("-A INPUT -p tcp --dport " + port));
  ASSERT_TRUE(net.Iptables("-A INPUT -p tcp --sport " + port));

  const double wanted = WantsAll() ? 60 : 5;
  const Count before = Now(agent, *broker);
  ASSERT_TRUE(WaitUntil(
      2 * kPatience + std::chrono::seconds(static_cast<int>(wanted)),
      [&] { return Attempts(agent, "round_trip") >= before.rounds + wanted; }, 200ms));
  const Count after = Now(agent, *broker);
  const double rounds = after.rounds - before.rounds;
  const double connects = after.connects - before.connects;
  const double packets = after.packets - before.packets;
  const double lines = after.lines - before.lines;
  std::cout << std::left << std::setw(10) << GetParam().name << rounds << " rounds, " << connects
            << " connects: " << packets << " packets, " << lines << " lines in the broker's log\n";
  // Three for a round at QoS 0, 14 for a connect; one of each may be under way at either end.
  EXPECT_LE(packets, 3 * (rounds + 2) + 14 * (connects + 2));
  EXPECT_LE(lines, 3 * (connects + 2)) << "a round leaves no line";
  EXPECT_EQ(agent.Metric("mqtt_vitals_probe_failures_total"), 0) << agent.Story();
  EXPECT_EQ(agent.Stop(), 0);
}

INSTANTIATE_TEST_SUITE_P(Brokers, FootprintTest, testing::ValuesIn(WantedKinds()),
                         [](const auto& kind) { return kind.param.name; });

class PairsTest : public MosquittoTest {};

TEST_F(PairsTest, AgentsThatStartTogetherDoNotTakeOver) {
  MosquittoBroker broker;
  ASSERT_TRUE(Ok(broker.Start()));
  const int pairs = WantsAll() ? 40 : 3;
  for (int pair = 0; pair < pairs; ++pair) {
    AgentProcess first(Watching(broker));
    AgentProcess second(Watching(broker));
    ASSERT_TRUE(Ok(first.Start()));
    ASSERT_TRUE(Ok(second.Start()));
    for (const AgentProcess* agent : {&first, &second}) {
      ASSERT_TRUE(agent->WaitReady(kPatience)) << "pair " << pair << agent->Story();
      EXPECT_EQ(agent->Metric("mqtt_vitals_probe_failures_total"), 0) << agent->Story();
    }
    EXPECT_EQ(first.Stop(), 0);
    EXPECT_EQ(second.Stop(), 0);
  }
  EXPECT_EQ(ReadFile(broker.log()).find("already connected, closing old"), std::string::npos);
  std::cout << pairs << " pairs started together, none took over\n";
}

}  // namespace
}  // namespace vitals

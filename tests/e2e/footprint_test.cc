// What the agent leaves at a broker: packets, connections, lines in its log, as docs/footprint.md
// promises, and what it takes of the machine; and that agents which start together do not get in
// each other's way.
//
// MQTT_VITALS_FOOTPRINT=all asks all five brokers, Mosquitto over 300 rounds and the others over
// 60, and starts 40 pairs (./scripts/long footprint); by default Mosquitto over 5 rounds, and 3
// pairs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>

#include "tests/e2e/e2e.h"
#include "tests/support/artemis_broker.h"
#include "tests/support/hivemq_broker.h"
#include "tests/support/nats_broker.h"
#include "tests/support/net_namespace.h"
#include "tests/support/process_use.h"
#include "tests/support/rabbitmq_broker.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

bool WantsAll() { return std::getenv("MQTT_VITALS_FOOTPRINT") != nullptr; }

struct Kind {
  std::string name;
  std::string title;  // in docs/footprint.md
  bool (*available)();
  std::unique_ptr<Broker> (*make)();
};

template <typename OneBroker>
std::unique_ptr<Broker> Make() {
  return std::make_unique<OneBroker>();
}

std::vector<Kind> WantedKinds() {
  std::vector<Kind> kinds = {
      {"mosquitto", "Mosquitto", MosquittoBroker::Available, Make<MosquittoBroker>},
      {"nats", "NATS", NatsBroker::Available, Make<NatsBroker>},
      {"rabbitmq", "RabbitMQ", RabbitMqBroker::Available, Make<RabbitMqBroker>},
      {"hivemq", "HiveMQ CE", HiveMqBroker::Available, Make<HiveMqBroker>},
      {"artemis", "Artemis", ArtemisBroker::Available, Make<ArtemisBroker>},
  };
  if (!WantsAll()) kinds.resize(1);
  return kinds;
}

// What had happened until one moment.
struct Count {
  double seconds = 0;  // of the clock
  double packets = 0;
  double lines = 0;
  double rounds = 0;
  double connects = 0;
  double cpu_s = 0;  // of the agent
  double broker_cpu_s = 0;
};

Count operator-(const Count& a, const Count& b) {
  return {a.seconds - b.seconds,
          a.packets - b.packets,
          a.lines - b.lines,
          a.rounds - b.rounds,
          a.connects - b.connects,
          a.cpu_s - b.cpu_s,
          a.broker_cpu_s - b.broker_cpu_s};
}

// How many lines a fresh connect leaves in that broker's logs: the third column of the first table
// of docs/footprint.md.
std::optional<double> PromisedLines(const std::string& title) {
  std::istringstream page(ReadFile(VITALS_SOURCE_DIR "/docs/footprint.md"));
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("| " + title + " |")) continue;
    const std::size_t cell = line.find('|', line.find('|', 2) + 1) + 1;
    return std::strtod(line.c_str() + cell, nullptr);
  }
  return std::nullopt;
}

// The program with copies of its own of all its libraries: no other process carries a part of their
// pages. Says where it is.
std::string CopyWithLibraries(const std::filesystem::path& folder) {
  const std::filesystem::path agent = AgentBinary();
  std::string copies = agent.string() + " " + agent.string() + "-gate";
  const auto listed = RunToEnd({.name = "ldd", .folder = folder, .args = {"ldd", agent.string()}});
  std::istringstream words(listed.out);
  for (std::string word; words >> word;) {
    if (word.starts_with('/')) copies += " " + word;
  }
  EXPECT_EQ(std::system(("cp -L " + copies + " " + folder.string()).c_str()), 0);
  return folder / agent.filename();
}

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
  static std::string LogsOf(const Broker& broker) {
    return ReadFile(broker.log()) + ReadFile(broker.log().parent_path() / "event.log");  // HiveMQ's
  }
  Count Now(const AgentProcess& agent, const Broker& broker) const {
    const std::string log = LogsOf(broker);
    return {Seconds(std::chrono::steady_clock::now().time_since_epoch()),
            Packets(),
            static_cast<double>(std::count(log.begin(), log.end(), '\n')),
            Attempts(agent, "round_trip"),
            Attempts(agent, "listener"),
            UseOfTree(agent.process().pid()).cpu_s,
            UseOfTree(broker.pid()).cpu_s};
  }
};

TEST_P(FootprintTest, AtTheDefaults) {
  if (!GetParam().available()) GTEST_SKIP() << NotFound(GetParam().name);
  if (!FindProgram("iptables")) GTEST_SKIP() << NotFound("iptables");
  const NetNamespace net;
  if (!net.entered()) GTEST_SKIP() << "SKIPPED: a network namespace needs root";
  const auto broker = GetParam().make();
  ASSERT_TRUE(Ok(broker->Start()));
  const TempDir copy;
  AgentProcess agent(Watching(*broker, {"--profile", GetParam().name}),
                     {"LD_LIBRARY_PATH=" + copy.path().string()}, CopyWithLibraries(copy.path()));
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  const std::string port = std::to_string(broker->port());
  ASSERT_TRUE(net.Iptables("-A INPUT -p tcp --dport " + port));
  ASSERT_TRUE(net.Iptables("-A INPUT -p tcp --sport " + port));

  const auto promised = PromisedLines(GetParam().title);
  ASSERT_TRUE(promised) << "docs/footprint.md does not tell";
  if (*promised >
      0) {  // the standing connection's line may come late: RabbitMQ writes when it likes
    ASSERT_TRUE(
        WaitUntil(kPatience, [&] { return LogsOf(*broker).find("mqvr-") != std::string::npos; }));
  }
  const int wanted = !WantsAll() ? 5 : GetParam().name == "mosquitto" ? 300 : 60;
  // As Prometheus does: each look costs the agent as much as some seconds of probing.
  const Duration scrape = WantsAll() ? 15s : 1s;
  const Count before = Now(agent, *broker);
  ASSERT_TRUE(WaitUntil(
      2 * kPatience + std::chrono::seconds(wanted),
      [&] { return Attempts(agent, "round_trip") >= before.rounds + wanted; }, scrape));
  const Count spent = Now(agent, *broker) - before;
  const ProcessUse use = UseOfTree(agent.process().pid());
  const auto a_minute = [&](double count) { return 60 * count / spent.seconds; };
  const auto share = [&](double cpu_s) { return 100 * cpu_s / spent.seconds; };
  std::cout << std::left << std::setw(10) << GetParam().name << spent.rounds << " rounds, "
            << spent.connects << " connects in " << spent.seconds << " s: " << spent.packets
            << " packets (" << spent.packets / spent.seconds << " a second), " << spent.lines
            << " lines in the broker's log (" << a_minute(spent.lines) << " a minute), CPU "
            << share(spent.cpu_s) << " % of a core, broker " << share(spent.broker_cpu_s)
            << " %, PSS " << use.pss_kib / 1024 << " MiB, private " << use.private_kib / 1024
            << " MiB, RSS " << use.rss_kib / 1024 << " MiB\n";
  // Three for a round at QoS 0, 14 for a connect; one of each may be under way at either end.
  EXPECT_LE(spent.packets, 3 * (spent.rounds + 2) + 14 * (spent.connects + 2));
  EXPECT_NEAR(spent.lines, *promised * spent.connects, *promised) << "a round leaves no line";
  EXPECT_EQ(agent.Metric("mqtt_vitals_probe_failures_total"), 0) << agent.Story();
  EXPECT_EQ(agent.Stop(), 0);
}

INSTANTIATE_TEST_SUITE_P(Brokers, FootprintTest, testing::ValuesIn(WantedKinds()),
                         [](const auto& kind) { return kind.param.name; });

class StartupMemoryTest : public ReadyAgentTest {};

TEST_F(StartupMemoryTest, IsGivenBackOnceTheStartIsOver) {
  const auto rss_kib = [&] { return UseOf(agent_.WorkerPid()).rss_kib; };
  const double at_first = rss_kib();
  const bool given = WaitUntil(kPatience, [&] { return rss_kib() < at_first - 1024; }).has_value();
  EXPECT_TRUE(given) << at_first << " KiB, now " << rss_kib();
  std::cout << "worker's RSS " << at_first << " KiB, then " << rss_kib() << " KiB\n";
  EXPECT_EQ(agent_.Stop(), 0) << "nothing that is needed was lost";
}

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

// Faults made for real, and what the agent calls them: stage, reason, and whose fault it is. Each
// test adds rows to a table that is printed at the end; a row that the agent sees otherwise fails.
//
// MQTT_VITALS_FAULTS=all asks all five brokers (./scripts/long reasons); by default Mosquitto.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>
#include <utility>

#include "tests/e2e/e2e.h"
#include "tests/support/artemis_broker.h"
#include "tests/support/connection.h"
#include "tests/support/free_port.h"
#include "tests/support/haproxy.h"
#include "tests/support/hivemq_broker.h"
#include "tests/support/metrics_text.h"
#include "tests/support/nats_broker.h"
#include "tests/support/net_namespace.h"
#include "tests/support/rabbitmq_broker.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

// Long enough for the second look of either probe at a fault, on a machine that is busy.
constexpr Duration kNotice = 15s;

struct Expected {
  std::string probe;
  std::string stage;
  std::string reason;
  std::string fault;
  std::string ToString() const { return probe + " " + stage + " " + reason + " " + fault; }
};

double CountOf(const AgentProcess& agent, const Expected& expected) {
  return agent.Metric("mqtt_vitals_probe_failures_total",
                      {"probe=\"" + expected.probe + "\"", "stage=\"" + expected.stage + "\"",
                       "reason=\"" + expected.reason + "\"", "fault=\"" + expected.fault + "\""});
}

class FaultTable : public testing::Test {
 public:
  static void TearDownTestSuite() { std::cout << std::exchange(rows(), {}) << std::flush; }

 protected:
  // The agent comes to see all of `expected`; its liveness does not move.
  static void Expect(const std::string& broker, const std::string& fault, const AgentProcess& agent,
                     const std::vector<Expected>& expected) {
    for (const Expected& one : expected) {
      const bool seen =
          WaitUntil(kNotice, [&] { return CountOf(agent, one) > 0; }, 50ms).has_value();
      EXPECT_TRUE(seen) << fault << ": " << one.ToString() << agent.Story() << Failures(agent);
      std::ostringstream row;
      row << std::left << std::setw(10) << broker << std::setw(34) << fault << (seen ? "" : "NOT ")
          << one.ToString() << "\n";
      rows() += row.str();
    }
    EXPECT_TRUE(agent.Alive());
  }

  std::unique_ptr<AgentProcess> StartAgent(const std::string& profile, const std::string& endpoint,
                                           const std::string& more = "") const {
    const std::string text = more + "listener: {interval: 2s}\nendpoints:\n  - " + endpoint + "\n";
    auto agent = std::make_unique<AgentProcess>(std::vector<std::string>{
        "--config", files_.Write("agent.yaml", text).string(), "--profile", profile});
    EXPECT_TRUE(Ok(agent->Start()));
    return agent;
  }
  static std::string Plain(std::uint16_t port, const std::string& more = "") {
    return "{url: 'mqtt://127.0.0.1:" + std::to_string(port) + "'" + more + "}";
  }
  std::string Credentials(const std::string& user, const std::string& password) const {
    return ", username: " + user +
           ", password_file: " + files_.Write("password", password + "\n").string();
  }

  TempDir files_;

 private:
  static std::string Failures(const AgentProcess& agent) {
    std::istringstream lines(agent.Web("/metrics").body);
    std::string found = "\n--- failures\n";
    for (std::string line; std::getline(lines, line);) {
      const bool failed = line.starts_with("mqtt_vitals_probe_failures_total");
      if (failed && !line.ends_with(" 0")) found += line + "\n";
    }
    return found;
  }
  static std::string& rows() {
    static std::string text;
    return text;
  }
};

// What can be done to every broker.
class BrokerFaults : public FaultTable, public testing::WithParamInterface<std::string> {
 protected:
  void SetUp() override {
    const std::string& name = GetParam();
    if (name == "mosquitto" && MosquittoBroker::Available()) {
      broker_ = std::make_unique<MosquittoBroker>();
    } else if (name == "nats" && NatsBroker::Available()) {
      broker_ = std::make_unique<NatsBroker>();
    } else if (name == "rabbitmq" && RabbitMqBroker::Available()) {
      broker_ = std::make_unique<RabbitMqBroker>();
    } else if (name == "hivemq" && HiveMqBroker::Available()) {
      broker_ = std::make_unique<HiveMqBroker>();
    } else if (name == "artemis" && ArtemisBroker::Available()) {
      broker_ = std::make_unique<ArtemisBroker>();
    } else {
      GTEST_SKIP() << NotFound(name);
    }
  }
  std::unique_ptr<AgentProcess> StartReady(std::uint16_t port) {
    auto agent = StartAgent(GetParam(), Plain(port));
    EXPECT_TRUE(agent->WaitReady(kPatience)) << agent->Story();
    return agent;
  }

  std::unique_ptr<Broker> broker_;
};

TEST_P(BrokerFaults, FrozenThenKilled) {
  ASSERT_TRUE(Ok(broker_->Start()));
  auto agent = StartReady(broker_->port());
  broker_->Freeze();
  Expect(GetParam(), "frozen (SIGSTOP)", *agent,
         {{"round_trip", "delivery", "unread", "broker"},
          {"listener", "connack", "unread", "broker"}});
  broker_->Kill9();
  Expect(GetParam(), "killed (SIGKILL)", *agent,
         {{"round_trip", "tcp", "refused", "broker"}, {"listener", "tcp", "refused", "broker"}});
}

TEST_P(BrokerFaults, CutOffByAFirewall) {
  if (!FindProgram("iptables")) GTEST_SKIP() << NotFound("iptables");
  const NetNamespace net;
  if (!net.entered()) GTEST_SKIP() << "SKIPPED: a network namespace needs root";
  ASSERT_TRUE(Ok(broker_->Start()));
  auto agent = StartReady(broker_->port());
  const std::string port = std::to_string(broker_->port());
  ASSERT_TRUE(net.Iptables("-A INPUT -p tcp --dport " + port + " -j DROP"));
  Expect(GetParam(), "packets dropped by a firewall", *agent,
         {{"round_trip", "delivery", "delivery_timeout", "broker"},
          {"listener", "tcp", "syn_unanswered", "broker"}});
}

TEST_P(BrokerFaults, FrozenBehindAnAddressThatIsTranslated) {
  if (!FindProgram("iptables")) GTEST_SKIP() << NotFound("iptables");
  const NetNamespace net;
  if (!net.entered()) GTEST_SKIP() << "SKIPPED: a network namespace needs root";
  ASSERT_TRUE(Ok(broker_->Start()));
  const std::uint16_t other = FreePort();
  ASSERT_TRUE(net.Iptables("-t nat -A OUTPUT -p tcp --dport " + std::to_string(other) +
                           " -j REDIRECT --to-ports " + std::to_string(broker_->port())));
  auto agent = StartReady(other);
  broker_->Freeze();
  Expect(GetParam(), "frozen behind NAT: can't be seen", *agent,
         {{"round_trip", "delivery", "delivery_timeout", "broker"},
          {"listener", "connack", "timeout", "broker"}});
}

TEST_P(BrokerFaults, ResetByALoadBalancer) {
  if (!HaProxy::Available()) GTEST_SKIP() << NotFound("haproxy");
  HaProxy proxy({{.to = FreePort(), .reject = true}});
  ASSERT_TRUE(Ok(proxy.Start()));
  auto agent = StartAgent(GetParam(), Plain(proxy.routes()[0].port));
  Expect(GetParam(), "reset on accept (HAProxy)", *agent,
         {{"listener", "connack", "reset", "broker"}});
}

std::vector<std::string> WantedBrokers() {
  if (std::getenv("MQTT_VITALS_FAULTS") == nullptr) return {"mosquitto"};
  return {"mosquitto", "nats", "rabbitmq", "hivemq", "artemis"};
}
INSTANTIATE_TEST_SUITE_P(Table, BrokerFaults, testing::ValuesIn(WantedBrokers()),
                         [](const auto& name) { return name.param; });

// A broker that asks for a password, and what it says to a wrong one.
struct Doorkeeper {
  std::string name;
  std::string answer;
  std::unique_ptr<Broker> (*make)();
};

std::vector<Doorkeeper> WantedDoorkeepers() {
  std::vector<Doorkeeper> all = {
      {"mosquitto", "not_authorised",
       []() -> std::unique_ptr<Broker> {
         return std::make_unique<MosquittoBroker>(
             MosquittoOptions{.username = "agent", .password = "right"});
       }},
      {"nats", "not_authorised",
       []() -> std::unique_ptr<Broker> {
         return std::make_unique<NatsBroker>(NatsOptions{.username = "agent", .password = "right"});
       }},
      {"rabbitmq", "bad_credentials",
       []() -> std::unique_ptr<Broker> {
         return std::make_unique<RabbitMqBroker>(RabbitMqOptions{.listeners = Listeners::kAll});
       }},
      {"artemis", "bad_credentials", []() -> std::unique_ptr<Broker> {
         return std::make_unique<ArtemisBroker>(
             ArtemisOptions{.username = "agent", .password = "right"});
       }}};
  if (std::getenv("MQTT_VITALS_FAULTS") == nullptr) all.resize(2);
  return all;
}

class DoorkeeperFaults : public FaultTable, public testing::WithParamInterface<Doorkeeper> {};

TEST_P(DoorkeeperFaults, WrongPassword) {
  const std::string& answer = GetParam().answer;
  const auto broker = GetParam().make();
  ASSERT_TRUE(Ok(broker->Start()));
  auto agent = StartAgent(GetParam().name, Plain(broker->port(), Credentials("agent", "wrong")));
  Expect(GetParam().name, "wrong password", *agent,
         {{"round_trip", "connack", answer, "agent"}, {"listener", "connack", answer, "agent"}});
}

INSTANTIATE_TEST_SUITE_P(Table, DoorkeeperFaults, testing::ValuesIn(WantedDoorkeepers()),
                         [](const auto& keeper) { return keeper.param.name; });

class MosquittoFaults : public FaultTable {
 protected:
  // A broker that closes at once: a FIN, or an RST if CONNECT had come before.
  static Expected ClosedOrReset(const AgentProcess& agent) {
    const Expected closed{"listener", "connack", "closed", "broker"};
    const Expected reset{"listener", "connack", "reset", "broker"};
    WaitUntil(kNotice, [&] { return CountOf(agent, closed) + CountOf(agent, reset) > 0; });
    return CountOf(agent, closed) > 0 ? closed : reset;
  }
  void SetUp() override {
    if (!MosquittoBroker::Available()) GTEST_SKIP() << NotFound("mosquitto");
  }
};

TEST_F(MosquittoFaults, TopicThatIsDenied) {
  MosquittoBroker broker({.username = "agent", .password = "right", .acl = "topic read #\n"});
  ASSERT_TRUE(Ok(broker.Start()));
  auto agent = StartAgent("mosquitto",
                          Plain(broker.port(), ", mqtt_version: 5" + Credentials("agent", "right")),
                          "round_trip: {qos: 1}\n");
  Expect("mosquitto", "topic denied (MQTT 5, QoS 1)", *agent,
         {{"round_trip", "delivery", "puback_refused", "agent"}});
}

TEST_F(MosquittoFaults, ConnectionLimit) {
  MosquittoBroker broker({.extra = "max_connections 2\n"});
  ASSERT_TRUE(Ok(broker.Start()));
  auto agent = StartAgent("mosquitto", Plain(broker.port()));
  ASSERT_TRUE(agent->WaitReady(kPatience)) << agent->Story();
  // Its standing connection is one; the broker lets one more in than it should.
  std::vector<std::optional<Connection>> crowd;
  for (int i = 0; i < 4; ++i) crowd.push_back(Connection::Open(broker.port(), 1s));
  Expect("mosquitto", "connection limit reached", *agent, {ClosedOrReset(*agent)});
}

TEST_F(MosquittoFaults, OutOfDescriptors) {
  MosquittoBroker broker({.descriptors = 24});
  ASSERT_TRUE(Ok(broker.Start()));
  auto agent = StartAgent("mosquitto", Plain(broker.port()));
  ASSERT_TRUE(agent->WaitReady(kPatience)) << agent->Story();
  std::vector<std::optional<Connection>> crowd;
  for (int i = 0; i < 30; ++i) crowd.push_back(Connection::Open(broker.port(), 1s));
  Expect("mosquitto", "out of descriptors", *agent, {ClosedOrReset(*agent)});
}

TEST_F(MosquittoFaults, FullBacklog) {
  MosquittoBroker broker;
  ASSERT_TRUE(Ok(broker.Start()));
  auto agent = StartAgent("mosquitto", Plain(broker.port()));
  ASSERT_TRUE(agent->WaitReady(kPatience)) << agent->Story();
  broker.Freeze();
  std::vector<std::optional<Connection>> crowd;
  do {
    crowd.push_back(Connection::Open(broker.port(), 300ms));
  } while (crowd.back() && crowd.size() < 1000);
  Expect("mosquitto", "frozen with a full backlog", *agent,
         {{"round_trip", "delivery", "unread", "broker"},
          {"listener", "tcp", "syn_unanswered", "broker"}});
}

class CertificateFaults : public MosquittoFaults {
 protected:
  // Of the listener with that index.
  std::string Tls(const Broker& broker, std::size_t listener, const std::string& more) const {
    return "{url: 'mqtts://" + PlaceOf(broker.listeners()[listener]) + "', tls: {" + more + "}}";
  }
  static std::string Authority(const Broker& broker) {
    return "ca_file: " + broker.certificates()->authority.string();
  }
  static std::vector<Expected> Both(const std::string& reason, const std::string& fault) {
    return {{"round_trip", "tls", reason, fault}, {"listener", "tls", reason, fault}};
  }

  MosquittoBroker broker_{{.listeners = Listeners::kAll}};
};

TEST_F(CertificateFaults, Expired) {
  broker_.LetCertificateEndIn(-1min);
  ASSERT_TRUE(Ok(broker_.Start()));
  auto agent = StartAgent("mosquitto", Tls(broker_, 1, Authority(broker_)));
  Expect("mosquitto", "certificate expired", *agent, Both("certificate_expired", "broker"));
}

TEST_F(CertificateFaults, UnknownAuthority) {
  ASSERT_TRUE(Ok(broker_.Start()));
  const CertificateAuthority other(files_.path(), "other");
  auto agent = StartAgent("mosquitto", Tls(broker_, 1, "ca_file: " + other.file().string()));
  Expect("mosquitto", "certificate of another CA", *agent, Both("certificate_authority", "agent"));
}

TEST_F(CertificateFaults, AnotherName) {
  ASSERT_TRUE(Ok(broker_.Start()));
  auto agent = StartAgent("mosquitto",
                          Tls(broker_, 1, Authority(broker_) + ", server_name: broker.example"));
  Expect("mosquitto", "certificate of another name", *agent, Both("certificate_name", "agent"));
}

TEST_F(CertificateFaults, PlainPort) {
  ASSERT_TRUE(Ok(broker_.Start()));
  auto agent = StartAgent("mosquitto", Tls(broker_, 0, Authority(broker_)));
  Expect("mosquitto", "TLS to a plain port", *agent, Both("reset", "broker"));
}

class NatsFaults : public FaultTable {
 protected:
  void SetUp() override {
    if (!NatsBroker::Available()) GTEST_SKIP() << NotFound("nats-server");
  }
};

TEST_F(NatsFaults, VersionThatItDoesNotSpeak) {
  NatsBroker broker;
  ASSERT_TRUE(Ok(broker.Start()));
  auto agent = StartAgent("nats", Plain(broker.port(), ", mqtt_version: 5"));
  Expect("nats", "MQTT 5 to a broker of 3.1.1", *agent,
         {{"listener", "connack", "protocol_version", "agent"}});
}

TEST_F(NatsFaults, FrozenBehindAListenerOfIPv6) {
  NatsBroker broker({.host = "[::]"});
  ASSERT_TRUE(Ok(broker.Start()));
  auto agent = StartAgent("nats", Plain(broker.port()));
  ASSERT_TRUE(agent->WaitReady(kPatience)) << agent->Story();
  broker.Freeze();
  Expect("nats", "frozen, :: listener, IPv4 client", *agent,
         {{"round_trip", "delivery", "unread", "broker"},
          {"listener", "connack", "unread", "broker"}});
}

}  // namespace
}  // namespace vitals

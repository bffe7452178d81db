// Faults made for real, and what the agent calls them: what can be done to every broker.
#include <algorithm>
#include <fstream>
#include <functional>
#include <iomanip>
#include <sstream>
#include <string>
#include <utility>

#include "tests/e2e/fault_table.h"
#include "tests/support/auth_server.h"
#include "tests/support/connack.h"
#include "tests/support/connection.h"
#include "tests/support/delay_relay.h"
#include "tests/support/free_port.h"
#include "tests/support/haproxy.h"
#include "tests/support/hivemq_broker.h"
#include "tests/support/nats_broker.h"
#include "tests/support/net_namespace.h"
#include "tests/support/process_use.h"
#include "tests/support/rabbitmq_broker.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

class BrokerFaults : public FaultTable, public testing::WithParamInterface<std::string> {
 protected:
  void SetUp() override {
    broker_ = MakeBroker(GetParam());
    if (broker_ == nullptr) GTEST_SKIP() << NotFound(GetParam());
  }
  std::unique_ptr<AgentProcess> StartReady(std::uint16_t port, const std::string& more = "") {
    auto agent = StartAgent(GetParam(), Plain(port), more);
    EXPECT_TRUE(agent->WaitReady(kPatience)) << agent->Story();
    return agent;
  }

  std::unique_ptr<Broker> broker_;
};

// ... in a network of its own, whose rules touch nobody else.
class FirewalledFaults : public BrokerFaults {
 protected:
  void SetUp() override {
    BrokerFaults::SetUp();
    if (IsSkipped()) return;
    if (!FindProgram("iptables")) GTEST_SKIP() << NotFound("iptables");
    if (!net_.entered()) GTEST_SKIP() << "SKIPPED: a network namespace needs root";
  }

  const NetNamespace net_;
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

TEST_P(BrokerFaults, ResetByALoadBalancer) {
  if (!HaProxy::Available()) GTEST_SKIP() << NotFound("haproxy");
  HaProxy proxy({{.to = FreePort(), .reject = true}});
  ASSERT_TRUE(Ok(proxy.Start()));
  auto agent = StartAgent(GetParam(), Plain(proxy.routes()[0].port));
  Expect(GetParam(), "reset on accept (HAProxy)", *agent,
         {{"listener", "connack", "reset", "broker"}});
}

TEST_P(FirewalledFaults, CutOffByAFirewall) {
  ASSERT_TRUE(Ok(broker_->Start()));
  auto agent = StartReady(broker_->port());
  const std::string port = std::to_string(broker_->port());
  ASSERT_TRUE(net_.Iptables("-A INPUT -p tcp --dport " + port + " -j DROP"));
  Expect(GetParam(), "packets dropped by a firewall", *agent,
         {{"round_trip", "delivery", "delivery_timeout", "broker"},
          {"listener", "tcp", "syn_unanswered", "broker"}});
}

TEST_P(FirewalledFaults, FrozenBehindAnAddressThatIsTranslated) {
  ASSERT_TRUE(Ok(broker_->Start()));
  const std::uint16_t other = FreePort();
  ASSERT_TRUE(net_.Iptables("-t nat -A OUTPUT -p tcp --dport " + std::to_string(other) +
                            " -j REDIRECT --to-ports " + std::to_string(broker_->port())));
  auto agent = StartReady(other);
  broker_->Freeze();
  Expect(GetParam(), "frozen behind NAT: can't be seen", *agent,
         {{"round_trip", "delivery", "delivery_timeout", "broker"},
          {"listener", "connack", "timeout", "broker"}});
}

TEST_P(FirewalledFaults, ThreeOfTenPacketsLost) {
  ASSERT_TRUE(Ok(broker_->Start()));
  // Any packet that is lost costs 200 ms or more: the kernel repeats it no sooner.
  auto agent = StartReady(broker_->port(), "round_trip: {deadline: 150ms}\n");
  const std::string port = std::to_string(broker_->port());
  for (const char* side : {"--dport ", "--sport "}) {
    ASSERT_TRUE(net_.Iptables("-A INPUT -p tcp " + (side + port) +
                              " -m statistic --mode random --probability 0.3 -j DROP"));
  }
  Expect(GetParam(), "30 % of the packets lost", *agent,
         {{"round_trip", "delivery", "delivery_timeout", "broker"},
          {"listener", "tcp", "syn_unanswered", "broker"}});
}

TEST_P(FirewalledFaults, FullBacklog) {
  // The broker's listen queue, whatever it asks for. 8 takes 9.
  std::ofstream("/proc/sys/net/core/somaxconn") << 8;
  ASSERT_TRUE(Ok(broker_->Start()));
  auto agent = StartReady(broker_->port());
  broker_->Freeze();
  // The threads of a JVM stop one by one.
  ASSERT_TRUE(WaitUntil(kPatience, [&] { return IsStopped(broker_->pid()); }));
  std::vector<std::optional<Connection>> crowd;
  // What came before may have been taken out since: full is full twice.
  for (int left_out = 0; left_out < 2 && crowd.size() < 100;) {
    crowd.push_back(Connection::Open(broker_->port(), 900ms));
    left_out = crowd.back() ? 0 : left_out + 1;
  }
  EXPECT_LT(crowd.size(), 20u);
  Expect(GetParam(), "frozen with a full backlog", *agent,
         {{"round_trip", "delivery", "unread", "broker"},
          {"listener", "tcp", "syn_unanswered", "broker"}});
}

TEST_P(BrokerFaults, ALongWayIsNoFault) {
  ASSERT_TRUE(Ok(broker_->Start()));
  const DelayRelay relay(broker_->port(), 200ms);
  auto agent = StartReady(relay.port());
  const auto mean = [&](const std::string& probe, const std::string& stage) {
    const std::vector<std::string> labels = {"probe=\"" + probe + "\"", "stage=\"" + stage + "\""};
    return agent->Metric("mqtt_vitals_probe_duration_seconds_sum", labels) /
           std::max(1.0, agent->Metric("mqtt_vitals_probe_duration_seconds_count", labels));
  };
  ASSERT_TRUE(WaitUntil(kPatience, [&] {
    return mean("listener", "connack") > 0 && mean("round_trip", "delivery") > 0;
  })) << agent->Story();
  EXPECT_GE(mean("listener", "connack"), 0.4);
  EXPECT_GE(mean("round_trip", "delivery"), 0.4);
  EXPECT_LT(mean("listener", "tcp"), 0.2) << "the relay takes connects at once";
  EXPECT_TRUE(agent->Alive());
  AddRow(GetParam(), "200 ms of delay each way", "no fault; connack and delivery take 0.4 s");
}

TEST_P(BrokerFaults, TooLongAWay) {
  ASSERT_TRUE(Ok(broker_->Start()));
  const DelayRelay relay(broker_->port(), 600ms);
  auto agent = StartAgent(GetParam(), Plain(relay.port()));
  Expect(GetParam(), "600 ms of delay each way", *agent,
         {{"round_trip", "delivery", "delivery_timeout", "broker"},
          {"listener", "connack", "unanswered", "broker"}});
}

// Sockets that listen on that port of 127.0.0.1, by /proc/net/tcp (proc(5)).
int ListenersOn(std::uint16_t port) {
  std::ostringstream place;
  place << "0100007F:" << std::hex << std::uppercase << std::setw(4) << std::setfill('0') << port;
  std::ifstream table("/proc/net/tcp");
  int count = 0;
  for (std::string line; std::getline(table, line);) {
    count += line.find(place.str() + " 00000000:0000 0A") != std::string::npos ? 1 : 0;
  }
  return count;
}

TEST_P(BrokerFaults, OneOfTwoAcceptorsIsDead) {
  if (!HaProxy::Available()) GTEST_SKIP() << NotFound("haproxy");
  ASSERT_TRUE(Ok(broker_->Start()));
  // Both listen on one port with SO_REUSEPORT: the kernel gives each of them half of the connects.
  HaProxy first(std::vector{HaProxyRoute{.to = broker_->port()}});
  HaProxy second(first.routes());
  ASSERT_TRUE(Ok(first.Start()));
  const std::uint16_t port = first.routes()[0].port;
  const int of_first = ListenersOn(port);
  ASSERT_TRUE(Ok(second.Start()));
  ASSERT_TRUE(WaitUntil(kPatience, [&] { return ListenersOn(port) > of_first; }));
  auto agent = StartAgent(GetParam(), Plain(port), "", "interval: 500ms, soft_deadline: 400ms");
  ASSERT_TRUE(agent->WaitReady(kPatience)) << agent->Story();
  // Not the one of the standing connection, which goes on. While a fresh connect is at the other
  // one, both look the same.
  int used_by_first = 0, used_by_second = 0;
  ASSERT_TRUE(WaitUntil(kPatience, [&] {
    used_by_first = UseOf(first.pid()).descriptors;
    used_by_second = UseOf(second.pid()).descriptors;
    return used_by_first != used_by_second;
  }));
  (used_by_first < used_by_second ? first : second).Freeze();
  Expect(GetParam(), "one of two acceptors dead (SO_REUSEPORT)", *agent,
         {{"listener", "connack", "unread", "broker"}});
  // The agent itself may have met the dead one three times in a row, and then opens no more.
  EXPECT_TRUE(WaitUntil(kPatience, [&] { return AskConnack(port, 500ms) == 0; }))
      << "the other one serves";
  EXPECT_TRUE(agent->Alive());
}

TEST_P(BrokerFaults, OutOfDescriptors) {
  if (GetParam() == "mosquitto") return;  // it has a way of its own: LimitFaults
  ASSERT_TRUE(Ok(broker_->Start()));
  auto agent = StartReady(broker_->port());
  ExhaustDescriptors(broker_->pid());
  Expect(GetParam(), "out of descriptors", *agent, {{"listener", "connack", "unread", "broker"}});
}

TEST_P(BrokerFaults, HangingLogin) {
  const std::string fault = "login back end hangs";
  std::unique_ptr<Broker> broker;
  std::function<void()> hang;
  std::unique_ptr<AuthServer> asked;
  if (GetParam() == "hivemq") {
    auto made = std::make_unique<HiveMqBroker>(HiveMqOptions{.doorkeeper = true});
    hang = [hivemq = made.get()] { hivemq->HangLogins(); };
    broker = std::move(made);
  } else if (GetParam() == "rabbitmq") {
    const std::uint16_t port = FreePort();
    asked = std::make_unique<AuthServer>(port);
    hang = [&] { asked->Hang(); };
    broker = std::make_unique<RabbitMqBroker>(AskingFirst(port));
  } else if (GetParam() == "artemis") {
    return AddRow(GetParam(), fault, "not made: it would take an LDAP server");
  } else {
    // Mosquitto has none but its files and plugins, NATS 2.9 none but its own configuration.
    return AddRow(GetParam(), fault, "not offered by the broker");
  }
  ASSERT_TRUE(Ok(broker->Start()));
  auto agent = StartReady(broker->port());
  hang();
  Expect(GetParam(), fault, *agent, {{"listener", "connack", "unanswered", "broker"}});
  EXPECT_EQ(agent->Metric("mqtt_vitals_probe_failures_total", {"probe=\"round_trip\""}), 0)
      << "who is in is served";
}

// The far end of such a connection is of the other family.
class BothFamiliesFaults : public BrokerFaults {};

TEST_P(BothFamiliesFaults, FrozenBehindAListenerOfIPv6) {
  const std::string fault = "frozen, :: listener, IPv4 client";
  // It keeps a listener of IPv6 to IPv6.
  if (GetParam() == "mosquitto") return AddRow(GetParam(), fault, "not offered by the broker");
  broker_->ListenOnBothFamilies();
  ASSERT_TRUE(Ok(broker_->Start()));
  auto agent = StartReady(broker_->port());
  broker_->Freeze();
  Expect(GetParam(), fault, *agent,
         {{"round_trip", "delivery", "unread", "broker"},
          {"listener", "connack", "unread", "broker"}});
}

INSTANTIATE_TEST_SUITE_P(Table, BrokerFaults, testing::ValuesIn(WantedBrokers()),
                         [](const auto& name) { return name.param; });
INSTANTIATE_TEST_SUITE_P(Table, FirewalledFaults, testing::ValuesIn(WantedBrokers()),
                         [](const auto& name) { return name.param; });

INSTANTIATE_TEST_SUITE_P(Table, BothFamiliesFaults,
                         testing::ValuesIn(WantsAllBrokers() ? WantedBrokers()
                                                             : std::vector<std::string>{"nats"}),
                         [](const auto& name) { return name.param; });

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

}  // namespace
}  // namespace vitals

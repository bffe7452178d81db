// Clients that a broker does not let in, or lets do little: what it says, and what the agent calls
// that.
#include <algorithm>
#include <cctype>

#include "tests/e2e/fault_table.h"
#include "tests/support/artemis_broker.h"
#include "tests/support/connection.h"
#include "tests/support/hivemq_broker.h"
#include "tests/support/nats_broker.h"
#include "tests/support/rabbitmq_broker.h"

namespace vitals {
namespace {

using Made = std::unique_ptr<Broker>;

// One broker that says no, and how.
struct No {
  std::string broker;
  std::string fault;
  bool (*available)();
  Made (*make)();
  std::string password;  // of the user "agent"
  std::vector<Expected> expected;
  std::string endpoint{};       // more keys of it
  std::string configuration{};  // more of the agent's
};

constexpr const char* kNatsDenies =
    "authorization { users = [ { user: agent, password: s3cret,\n"
    "  permissions: { subscribe: { deny: \"mqtt-vitals.>\" } } } ] }\n";

std::vector<No> WantedNos() {
  const std::string wrong = "wrong password";
  const std::string denied = "topic denied";
  const std::string limit = "connection limit reached";
  std::vector<No> all = {
      {"mosquitto", wrong, MosquittoBroker::Available,
       []() -> Made {
         return std::make_unique<MosquittoBroker>(
             MosquittoOptions{.username = "agent", .password = "s3cret"});
       },
       "wrong", ByBoth("connack", "not_authorised", "agent")},
      {"mosquitto",
       denied + " (MQTT 5, QoS 1)",
       MosquittoBroker::Available,
       []() -> Made {
         return std::make_unique<MosquittoBroker>(
             MosquittoOptions{.username = "agent", .password = "s3cret", .acl = "topic read #\n"});
       },
       "s3cret",
       {{"round_trip", "delivery", "puback_refused", "agent"}},
       ", mqtt_version: 5",
       "round_trip: {qos: 1}\n"},
      {"nats", wrong, NatsBroker::Available,
       []() -> Made {
         return std::make_unique<NatsBroker>(
             NatsOptions{.username = "agent", .password = "s3cret"});
       },
       "wrong", ByBoth("connack", "not_authorised", "agent")},
      {"nats",
       denied,
       NatsBroker::Available,
       []() -> Made { return std::make_unique<NatsBroker>(NatsOptions{.extra = kNatsDenies}); },
       "s3cret",
       {{"round_trip", "suback", "suback_refused", "agent"}}},
      {"nats",
       limit,
       NatsBroker::Available,
       []() -> Made {
         return std::make_unique<NatsBroker>(NatsOptions{.extra = "max_connections: 1\n"});
       },
       "",
       {{"listener", "connack", "closed or reset", "broker"}}},
      {"rabbitmq", wrong, RabbitMqBroker::Available,
       []() -> Made {
         return std::make_unique<RabbitMqBroker>(RabbitMqOptions{.listeners = Listeners::kAll});
       },
       "wrong", ByBoth("connack", "bad_credentials", "agent")},
      {"rabbitmq",
       denied,
       RabbitMqBroker::Available,
       []() -> Made {
         return std::make_unique<RabbitMqBroker>(
             RabbitMqOptions{.listeners = Listeners::kAll, .may_read = false});
       },
       "s3cret",
       {{"round_trip", "suback", "closed", "broker"}}},
      // It can't be told from a missing permission.
      {"rabbitmq",
       limit,
       RabbitMqBroker::Available,
       []() -> Made {
         return std::make_unique<RabbitMqBroker>(
             RabbitMqOptions{.listeners = Listeners::kAll, .max_connections = 1});
       },
       "s3cret",
       {{"listener", "connack", "not_authorised", "agent"}}},
      {"hivemq", wrong, HiveMqBroker::Available,
       []() -> Made {
         return std::make_unique<HiveMqBroker>(
             HiveMqOptions{.doorkeeper = true, .username = "agent", .password = "s3cret"});
       },
       "wrong", ByBoth("connack", "bad_credentials", "agent")},
      {"hivemq",
       denied,
       HiveMqBroker::Available,
       []() -> Made {
         return std::make_unique<HiveMqBroker>(
             HiveMqOptions{.doorkeeper = true, .may_use = "others/#"});
       },
       "",
       {{"round_trip", "suback", "suback_refused", "agent"}}},
      {"hivemq",
       limit,
       HiveMqBroker::Available,
       []() -> Made { return std::make_unique<HiveMqBroker>(HiveMqOptions{.max_connections = 1}); },
       "",
       {{"listener", "connack", "quota_exceeded", "broker"}}},
      {"artemis", wrong, ArtemisBroker::Available,
       []() -> Made {
         return std::make_unique<ArtemisBroker>(
             ArtemisOptions{.username = "agent", .password = "s3cret"});
       },
       "wrong", ByBoth("connack", "bad_credentials", "agent")},
      {"artemis",
       denied,
       ArtemisBroker::Available,
       []() -> Made {
         return std::make_unique<ArtemisBroker>(
             ArtemisOptions{.username = "agent", .password = "s3cret", .may_use = "others.#"});
       },
       "s3cret",
       {{"round_trip", "suback", "suback_refused", "agent"}}},
      {"artemis",
       limit,
       ArtemisBroker::Available,
       []() -> Made {
         return std::make_unique<ArtemisBroker>(ArtemisOptions{.max_connections = 1});
       },
       "",
       {{"listener", "connack", "closed or reset", "broker"}}},
  };
  if (!WantsAllBrokers()) {
    std::erase_if(all,
                  [](const No& no) { return no.broker != "mosquitto" && no.broker != "nats"; });
  }
  return all;
}

class LoginFaults : public FaultTable, public testing::WithParamInterface<No> {};

TEST_P(LoginFaults, Row) {
  const No& no = GetParam();
  if (!no.available()) GTEST_SKIP() << NotFound(no.broker);
  const auto broker = no.make();
  ASSERT_TRUE(Ok(broker->Start()));
  const std::string login = no.password.empty() ? "" : Credentials("agent", no.password);
  auto agent = StartAgent(no.broker, Plain(broker->port(), no.endpoint + login), no.configuration);
  Expect(no.broker, no.fault, *agent, no.expected);
}

std::string NameOf(const testing::TestParamInfo<No>& row) {
  std::string name = row.param.broker + "_" + row.param.fault;
  std::replace_if(name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Table, LoginFaults, testing::ValuesIn(WantedNos()), NameOf);

class LimitFaults : public FaultTable {
 protected:
  void SetUp() override {
    if (!MosquittoBroker::Available()) GTEST_SKIP() << NotFound("mosquitto");
  }
  // The agent is in, and then so many others.
  void ExpectClosed(const std::string& fault, const MosquittoOptions& options, int others) {
    MosquittoBroker broker(options);
    ASSERT_TRUE(Ok(broker.Start()));
    auto agent = StartAgent("mosquitto", Plain(broker.port()));
    ASSERT_TRUE(agent->WaitReady(kPatience)) << agent->Story();
    std::vector<std::optional<Connection>> crowd;
    for (int i = 0; i < others; ++i) crowd.push_back(Connection::Open(broker.port(), 1s));
    Expect("mosquitto", fault, *agent, {{"listener", "connack", "closed or reset", "broker"}});
  }
};

// It lets one more in than it should.
TEST_F(LimitFaults, ConnectionsOfMosquitto) {
  ExpectClosed("connection limit reached", {.extra = "max_connections 2\n"}, 4);
}

// It accepts what it has no descriptor for, and closes it at once.
TEST_F(LimitFaults, DescriptorsOfMosquitto) {
  ExpectClosed("out of descriptors", {.descriptors = 24}, 30);
}

}  // namespace
}  // namespace vitals

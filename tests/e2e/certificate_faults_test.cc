// Certificates that are wrong on either side, and what the agent calls that.
#include "tests/e2e/fault_table.h"
#include "tests/support/artemis_broker.h"
#include "tests/support/hivemq_broker.h"
#include "tests/support/nats_broker.h"
#include "tests/support/rabbitmq_broker.h"

namespace vitals {
namespace {

// A broker with TLS on the listener of that index.
struct Secured {
  std::string name;
  std::size_t tls;
  bool (*available)();
  std::unique_ptr<Broker> (*make)(bool mutual);
  std::size_t mutual;  // the listener that wants a certificate of its clients
};

std::vector<Secured> WantedSecured() {
  using Security = NatsOptions::Security;
  std::vector<Secured> all = {
      {"mosquitto", 1, MosquittoBroker::Available,
       [](bool) -> std::unique_ptr<Broker> {
         return std::make_unique<MosquittoBroker>(MosquittoOptions{.listeners = Listeners::kAll});
       },
       2},
      {"nats", 0, NatsBroker::Available,
       [](bool mutual) -> std::unique_ptr<Broker> {
         return std::make_unique<NatsBroker>(
             NatsOptions{.security = mutual ? Security::kMutual : Security::kTls});
       },
       0},
      {"hivemq", 1, HiveMqBroker::Available,
       [](bool) -> std::unique_ptr<Broker> {
         return std::make_unique<HiveMqBroker>(HiveMqOptions{.listeners = Listeners::kAll});
       },
       2},
      {"artemis", 1, ArtemisBroker::Available,
       [](bool) -> std::unique_ptr<Broker> {
         return std::make_unique<ArtemisBroker>(ArtemisOptions{.listeners = Listeners::kAll});
       },
       2},
      // Its listener asks for a certificate and lets in who has none.
      {"rabbitmq", 1, RabbitMqBroker::Available,
       [](bool) -> std::unique_ptr<Broker> {
         return std::make_unique<RabbitMqBroker>(RabbitMqOptions{.listeners = Listeners::kAll});
       },
       2}};
  if (!WantsAllBrokers()) all.resize(2);
  return all;
}

class CertificateFaults : public FaultTable, public testing::WithParamInterface<Secured> {
 protected:
  void SetUp() override {
    if (!GetParam().available()) GTEST_SKIP() << NotFound(GetParam().name);
  }
};

TEST_P(CertificateFaults, Expired) {
  const auto broker = GetParam().make(false);
  broker->LetCertificateEndIn(-1min);
  ASSERT_TRUE(Ok(broker->Start()));
  auto agent = StartAgent(GetParam().name, Tls(*broker, GetParam().tls, Authority(*broker)));
  Expect(GetParam().name, "certificate expired", *agent,
         ByBoth("tls", "certificate_expired", "broker"));
}

TEST_P(CertificateFaults, NoneOfTheClients) {
  if (GetParam().name == "rabbitmq") {
    AddRow("rabbitmq", "no client certificate", "not offered by the broker: a password will do");
    return;
  }
  const auto broker = GetParam().make(true);
  ASSERT_TRUE(Ok(broker->Start()));
  auto agent = StartAgent(GetParam().name, Tls(*broker, GetParam().mutual, Authority(*broker)));
  Expect(GetParam().name, "no client certificate", *agent,
         ByBoth("tls", "client_certificate", "agent"));
}

TEST_P(CertificateFaults, UnknownAuthority) {
  const auto broker = GetParam().make(false);
  ASSERT_TRUE(Ok(broker->Start()));
  const CertificateAuthority other(files_.path(), "other");
  auto agent = StartAgent(GetParam().name,
                          Tls(*broker, GetParam().tls, "ca_file: " + other.file().string()));
  Expect(GetParam().name, "certificate of another CA", *agent,
         ByBoth("tls", "certificate_authority", "agent"));
}

TEST_P(CertificateFaults, AnotherName) {
  const auto broker = GetParam().make(false);
  ASSERT_TRUE(Ok(broker->Start()));
  auto agent = StartAgent(
      GetParam().name,
      Tls(*broker, GetParam().tls, Authority(*broker) + ", server_name: broker.example"));
  Expect(GetParam().name, "certificate of another name", *agent,
         ByBoth("tls", "certificate_name", "agent"));
}

INSTANTIATE_TEST_SUITE_P(Table, CertificateFaults, testing::ValuesIn(WantedSecured()),
                         [](const auto& broker) { return broker.param.name; });

class PlainPortFaults : public FaultTable {};

TEST_F(PlainPortFaults, AsksForTlsInVain) {
  if (!MosquittoBroker::Available()) GTEST_SKIP() << NotFound("mosquitto");
  MosquittoBroker broker({.listeners = Listeners::kAll});
  ASSERT_TRUE(Ok(broker.Start()));
  auto agent = StartAgent("mosquitto", Tls(broker, 0, Authority(broker)));
  Expect("mosquitto", "TLS to a plain port", *agent, ByBoth("tls", "reset", "broker"));
}

}  // namespace
}  // namespace vitals

// Every broker through each of its listeners, with both versions of MQTT, each QoS and each version
// of the PROXY protocol: both probes of one real agent have to say that it works. What a broker
// does not offer is said beforehand, in the table, and nowhere passed over.
//
// MQTT_VITALS_MATRIX=all runs every cell (./scripts/long matrix); by default QoS 0 of Mosquitto and
// NATS, which start at once.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <sstream>

#include "tests/e2e/e2e.h"
#include "tests/support/artemis_broker.h"
#include "tests/support/haproxy.h"
#include "tests/support/hivemq_broker.h"
#include "tests/support/metrics_text.h"
#include "tests/support/nats_broker.h"
#include "tests/support/rabbitmq_broker.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

// One way in, as the agent is told about it.
struct Entry {
  const Broker* broker = nullptr;
  BrokerListener listener{};
  std::string proxy = "none";  // or v1, v2
  int version = 4;

  std::string Transport() const {
    if (listener.mutual) return "mtls";
    if (listener.scheme == "mqtt") return "tcp";
    return listener.scheme == "mqtts" ? "tls" : listener.scheme;
  }
  std::string Version() const { return version == 4 ? "3.1.1" : "5"; }
  std::string Name() const { return Transport() + "-" + proxy + "-v" + std::to_string(version); }
};

std::string TlsText(const Entry& entry) {
  const BrokerCertificates& files = *entry.broker->certificates();
  std::string text = "    tls:\n      ca_file: " + files.authority.string() + "\n";
  if (entry.listener.mutual) {
    text += "      cert_file: " + files.client.cert.string() +
            "\n      key_file: " + files.client.key.string() + "\n";
  }
  return text;
}

// What a broker has to offer.
struct Kind {
  std::string name;  // of its profile too
  bool mqtt5;
  int highest_qos;
  bool (*available)();
  std::vector<std::unique_ptr<Broker>> (*make)();
};

template <typename... Brokers>
std::vector<std::unique_ptr<Broker>> ListOf(std::unique_ptr<Brokers>... brokers) {
  std::vector<std::unique_ptr<Broker>> list;
  (list.push_back(std::move(brokers)), ...);
  return list;
}

const std::vector<Kind>& Kinds() {
  static const std::vector<Kind> kinds = {
      {"mosquitto", true, 2, MosquittoBroker::Available,
       [] {
         return ListOf(
             std::make_unique<MosquittoBroker>(MosquittoOptions{.listeners = Listeners::kAll}));
       }},
      {"rabbitmq", false, 1, RabbitMqBroker::Available,
       [] {
         const RabbitMqOptions behind{.listeners = Listeners::kAll, .proxy = true};
         return ListOf(
             std::make_unique<RabbitMqBroker>(RabbitMqOptions{.listeners = Listeners::kAll}),
             std::make_unique<RabbitMqBroker>(behind));
       }},
      {"nats", false, 1, NatsBroker::Available,
       [] {
         using Security = NatsOptions::Security;
         return ListOf(std::make_unique<NatsBroker>(),
                       std::make_unique<NatsBroker>(NatsOptions{.security = Security::kTls}),
                       std::make_unique<NatsBroker>(NatsOptions{.security = Security::kMutual}));
       }},
      {"hivemq", true, 2, HiveMqBroker::Available,
       [] {
         return ListOf(std::make_unique<HiveMqBroker>(HiveMqOptions{.listeners = Listeners::kAll}));
       }},
      {"artemis", true, 2, ArtemisBroker::Available,
       [] {
         return ListOf(
             std::make_unique<ArtemisBroker>(ArtemisOptions{.listeners = Listeners::kAll}));
       }},
  };
  return kinds;
}

bool WantsAll() { return std::getenv("MQTT_VITALS_MATRIX") != nullptr; }

std::vector<std::string> WantedKinds() {
  if (WantsAll()) return {"mosquitto", "rabbitmq", "nats", "hivemq", "artemis"};
  return {"mosquitto", "nats"};
}

class MatrixTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    for (const Kind& kind : Kinds()) {
      if (kind.name == GetParam()) kind_ = &kind;
    }
    if (!kind_->available()) GTEST_SKIP() << NotFound(kind_->name);
    if (!HaProxy::Available()) GTEST_SKIP() << NotFound("haproxy");
    brokers_ = kind_->make();
    for (auto& broker : brokers_) ASSERT_TRUE(Ok(broker->Start()));
  }

  // Those of the broker itself, and the same behind HAProxy where it has no PROXY protocol.
  void ListEntries() {
    std::vector<HaProxyRoute> routes;
    std::vector<Entry> behind;
    for (const auto& broker : brokers_) {
      for (const BrokerListener& listener : broker->listeners()) {
        // NATS has its mutual listener twice.
        if (listener.mutual && listener.UsesWebSocket()) continue;
        entries_.push_back({broker.get(), listener});
        proxied_ |= listener.proxy;
        behind.push_back(entries_.back());
        routes.push_back({.to = listener.port, .accept_proxy = true});
      }
    }
    if (!proxied_) {
      haproxy_.emplace(std::move(routes));
      ASSERT_TRUE(Ok(haproxy_->Start()));
      for (std::size_t i = 0; i < behind.size(); ++i) {
        behind[i].listener.proxy = true;
        behind[i].listener.port = haproxy_->routes()[i].port;
      }
      entries_.insert(entries_.end(), behind.begin(), behind.end());
    }
    Multiply([](Entry entry, std::vector<Entry>& out) {
      if (!entry.listener.proxy) return out.push_back(entry);
      for (const char* version : {"v1", "v2"}) {
        entry.proxy = version;
        out.push_back(entry);
      }
    });
    Multiply([this](Entry entry, std::vector<Entry>& out) {
      out.push_back(entry);
      entry.version = 5;
      if (kind_->mqtt5) out.push_back(entry);
    });
  }

  // An agent takes one endpoint for a port: as many runs as a port has entries.
  std::vector<std::vector<Entry>> Batches() const {
    std::vector<std::vector<Entry>> batches;
    std::map<std::uint16_t, std::size_t> used;
    for (const Entry& entry : entries_) {
      const std::size_t batch = used[entry.listener.port]++;
      if (batch == batches.size()) batches.emplace_back();
      batches[batch].push_back(entry);
    }
    return batches;
  }

  void RunAgent(const std::vector<Entry>& batch, int qos);
  void PrintTable() const;

  const Kind* kind_ = nullptr;
  std::vector<std::unique_ptr<Broker>> brokers_;
  std::optional<HaProxy> haproxy_;
  bool proxied_ = false;  // speaks the PROXY protocol itself
  std::vector<Entry> entries_;
  std::set<std::pair<std::string, int>> green_;  // name of the entry, QoS

 private:
  template <typename Each>
  void Multiply(Each each) {
    std::vector<Entry> out;
    for (const Entry& entry : entries_) each(entry, out);
    entries_ = std::move(out);
  }
};

std::string ConfigurationOf(const std::vector<Entry>& batch, int qos, const std::string& password) {
  std::string text = "round_trip: {qos: " + std::to_string(qos) + "}\nendpoints:\n";
  for (const Entry& entry : batch) {
    const BrokerListener& listener = entry.listener;
    text += "  - url: " + listener.scheme + "://" + PlaceOf(listener) +
            (listener.UsesWebSocket() ? "/mqtt" : "") + "\n    name: " + entry.Name() +
            "\n    round_trip: true\n    mqtt_version: " + entry.Version() +
            "\n    proxy_protocol: " + entry.proxy + "\n";
    if (listener.UsesTls()) text += TlsText(entry);
    if (!listener.username.empty()) {
      text += "    username: " + listener.username + "\n    password_file: " + password + "\n";
    }
  }
  return text;
}

// Results of a probe without the failures.
double Successes(const std::string& metrics, const std::string& probe, const Entry& entry) {
  const std::vector<std::string> labels = {"probe=\"" + probe + "\"",
                                           "endpoint=\"" + entry.Name() + "\""};
  return MetricSum(metrics, "mqtt_vitals_probe_attempts_total", labels).value_or(0) -
         MetricSum(metrics, "mqtt_vitals_probe_failures_total", labels).value_or(0);
}

// The series of failures of an entry, for people.
std::string FailuresOf(const std::string& metrics, const Entry& entry) {
  std::istringstream lines(metrics);
  std::string found;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("mqtt_vitals_probe_failures_total") && !line.ends_with(" 0") &&
        line.find("\"" + entry.Name() + "\"") != std::string::npos) {
      found += "\n" + line;
    }
  }
  return found;
}

void MatrixTest::RunAgent(const std::vector<Entry>& batch, int qos) {
  const TempDir files;
  const std::string password = files.Write("password", "s3cret\n").string();
  const std::string file =
      files.Write("agent.yaml", ConfigurationOf(batch, qos, password)).string();
  AgentProcess agent({"--config", file, "--profile", kind_->name});
  ASSERT_TRUE(Ok(agent.Start()));
  std::string metrics;
  const auto works = [&](const Entry& entry) {
    return Successes(metrics, "round_trip", entry) >= 2 &&
           Successes(metrics, "listener", entry) >= 1;
  };
  WaitUntil(
      kPatience,
      [&] {
        metrics = agent.Web("/metrics").body;
        return std::all_of(batch.begin(), batch.end(), works);
      },
      100ms);
  for (const Entry& entry : batch) {
    if (works(entry)) green_.emplace(entry.Name(), qos);
    EXPECT_TRUE(works(entry)) << entry.Name() << " QoS " << qos << FailuresOf(metrics, entry);
  }
  EXPECT_EQ(agent.Stop(), 0);
}

void MatrixTest::PrintTable() const {
  std::cout << kind_->name << ", QoS 0 1 2 each:  PROXY none   v1"
            << (proxied_ ? "       " : " (HAProxy)") << "  v2\n";
  for (const char* transport : {"tcp", "tls", "mtls", "ws", "wss"}) {
    for (const int version : {4, 5}) {
      std::cout << "  " << std::left << std::setw(5) << transport
                << (version == 4 ? "3.1.1" : "5    ");
      for (const char* proxy : {"none", "v1", "v2"}) {
        const std::string name =
            std::string(transport) + "-" + proxy + "-v" + std::to_string(version);
        std::cout << "   ";
        for (int qos = 0; qos <= 2; ++qos) {
          if (qos > 0 && !WantsAll()) continue;
          const bool offered = qos <= kind_->highest_qos && (version == 4 || kind_->mqtt5);
          std::cout << (green_.contains({name, qos}) ? " ok" : offered ? " NO" : "  -");
        }
      }
      std::cout << "\n";
    }
  }
}

TEST_P(MatrixTest, EveryWayInWorksForBothProbes) {
  ListEntries();
  const int highest = WantsAll() ? kind_->highest_qos : 0;
  for (int qos = 0; qos <= highest; ++qos) {
    for (const auto& batch : Batches()) RunAgent(batch, qos);
  }
  PrintTable();
}

INSTANTIATE_TEST_SUITE_P(Brokers, MatrixTest, testing::ValuesIn(WantedKinds()),
                         [](const auto& kind) { return kind.param; });

}  // namespace
}  // namespace vitals

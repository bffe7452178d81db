#include "tests/e2e/fault_table.h"

#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <utility>

#include "tests/support/artemis_broker.h"
#include "tests/support/hivemq_broker.h"
#include "tests/support/nats_broker.h"
#include "tests/support/rabbitmq_broker.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

// Long enough for the second look of either probe at a fault, on a machine that is busy.
constexpr Duration kNotice = 15s;

double CountOf(const AgentProcess& agent, const Expected& expected) {
  double count = 0;
  std::istringstream reasons(expected.reason);
  for (std::string reason; reasons >> reason;) {
    if (reason == "or") continue;
    count += agent.Metric("mqtt_vitals_probe_failures_total",
                          {"probe=\"" + expected.probe + "\"", "stage=\"" + expected.stage + "\"",
                           "reason=\"" + reason + "\"", "fault=\"" + expected.fault + "\""});
  }
  return count;
}

std::string Failures(const AgentProcess& agent) {
  std::istringstream lines(agent.Web("/metrics").body);
  std::string found = "\n--- failures\n";
  for (std::string line; std::getline(lines, line);) {
    const bool failed = line.starts_with("mqtt_vitals_probe_failures_total");
    if (failed && !line.ends_with(" 0")) found += line + "\n";
  }
  return found;
}

std::string& Rows() {
  static std::string text;
  return text;
}

}  // namespace

std::vector<Expected> ByBoth(const std::string& stage, const std::string& reason,
                             const std::string& fault) {
  return {{"round_trip", stage, reason, fault}, {"listener", stage, reason, fault}};
}

bool WantsAllBrokers() { return std::getenv("MQTT_VITALS_FAULTS") != nullptr; }

std::vector<std::string> WantedBrokers() {
  if (!WantsAllBrokers()) return {"mosquitto"};
  return {"mosquitto", "nats", "rabbitmq", "hivemq", "artemis"};
}

std::unique_ptr<Broker> MakeBroker(const std::string& name) {
  if (name == "mosquitto" && MosquittoBroker::Available()) {
    return std::make_unique<MosquittoBroker>();
  }
  if (name == "nats" && NatsBroker::Available()) return std::make_unique<NatsBroker>();
  if (name == "rabbitmq" && RabbitMqBroker::Available()) return std::make_unique<RabbitMqBroker>();
  if (name == "hivemq" && HiveMqBroker::Available()) return std::make_unique<HiveMqBroker>();
  if (name == "artemis" && ArtemisBroker::Available()) return std::make_unique<ArtemisBroker>();
  return nullptr;
}

void FaultTable::TearDownTestSuite() { std::cout << std::exchange(Rows(), {}) << std::flush; }

void FaultTable::Expect(const std::string& broker, const std::string& fault,
                        const AgentProcess& agent, const std::vector<Expected>& expected) {
  for (const Expected& one : expected) {
    const bool seen = WaitUntil(kNotice, [&] { return CountOf(agent, one) > 0; }, 50ms).has_value();
    EXPECT_TRUE(seen) << fault << ": " << one.ToString() << agent.Story() << Failures(agent);
    AddRow(broker, fault, (seen ? "" : "NOT ") + one.ToString());
  }
  EXPECT_TRUE(agent.Alive());
}

void FaultTable::AddRow(const std::string& broker, const std::string& fault,
                        const std::string& seen) {
  std::ostringstream row;
  row << std::left << std::setw(10) << broker << std::setw(46) << fault << seen << "\n";
  Rows() += row.str();
}

std::unique_ptr<AgentProcess> FaultTable::StartAgent(const std::string& profile,
                                                     const std::string& endpoint,
                                                     const std::string& more,
                                                     const std::string& listener) const {
  const std::string text =
      more + "listener: {" + listener + "}\nendpoints:\n  - " + endpoint + "\n";
  auto agent = std::make_unique<AgentProcess>(std::vector<std::string>{
      "--config", files_.Write("agent.yaml", text).string(), "--profile", profile});
  EXPECT_TRUE(Ok(agent->Start()));
  return agent;
}

std::string FaultTable::Tls(const Broker& broker, std::size_t listener, const std::string& more) {
  return "{url: 'mqtts://" + PlaceOf(broker.listeners()[listener]) + "', tls: {" + more + "}}";
}

}  // namespace vitals

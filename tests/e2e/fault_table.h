// FaultTable: the fixture of the tests that make a fault for real and look what the agent calls it:
// stage, reason, and whose fault it is. Each test adds rows to a table that is printed at the end;
// a row that the agent sees otherwise fails. One thread.
//
// MQTT_VITALS_FAULTS=all asks all five brokers (./scripts/long reasons); by default Mosquitto, and
// NATS where it starts fast enough.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/e2e.h"

namespace vitals {

struct Expected {
  std::string probe;
  std::string stage;
  std::string reason;  // "a or b": a race between the broker and the kernel decides
  std::string fault;
  std::string ToString() const { return probe + " " + stage + " " + reason + " " + fault; }
};

// The same seen by the listener probe and by the round trip.
std::vector<Expected> ByBoth(const std::string& stage, const std::string& reason,
                             const std::string& fault);

bool WantsAllBrokers();
std::vector<std::string> WantedBrokers();
// As it comes; null if it is not installed.
std::unique_ptr<Broker> MakeBroker(const std::string& name);

class FaultTable : public testing::Test {
 public:
  static void TearDownTestSuite();

 protected:
  // The agent comes to see all of `expected`; its liveness does not move.
  static void Expect(const std::string& broker, const std::string& fault, const AgentProcess& agent,
                     const std::vector<Expected>& expected);
  // A row about a fault that is none to the agent: what it shows instead.
  static void AddRow(const std::string& broker, const std::string& fault, const std::string& seen);

  // An agent with one endpoint; `listener` are keys of that section, and `more` is what else its
  // configuration holds.
  std::unique_ptr<AgentProcess> StartAgent(const std::string& profile, const std::string& endpoint,
                                           const std::string& more = "",
                                           const std::string& listener = "interval: 2s") const;
  static std::string Plain(std::uint16_t port, const std::string& more = "") {
    return "{url: 'mqtt://127.0.0.1:" + std::to_string(port) + "'" + more + "}";
  }
  // By TLS to the listener with that index; `more` are keys of `tls`.
  static std::string Tls(const Broker& broker, std::size_t listener, const std::string& more);
  static std::string Authority(const Broker& broker) {
    return "ca_file: " + broker.certificates()->authority.string();
  }
  // To be added to an endpoint.
  std::string Credentials(const std::string& user, const std::string& password) const {
    return ", username: " + user +
           ", password_file: " + files_.Write("password", password + "\n").string();
  }

  TempDir files_;
};

}  // namespace vitals

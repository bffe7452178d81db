// RabbitMqBroker: RabbitMQ with its MQTT and Web-MQTT plugins, and with a port mapper (epmd) of its
// own. By wish all its kinds of listeners, and each of them behind the PROXY protocol. With all of
// them nobody gets in unnamed: a client certificate is a name too. See tests/support/broker.h.
#pragma once

#include "tests/support/broker.h"

namespace vitals {

struct RabbitMqOptions {
  Listeners listeners = Listeners::kPlain;
  bool proxy = false;                  // the plugin has one switch for all its listeners
  std::vector<std::string> plugins{};  // more of them
  std::string extra{};                 // lines for rabbitmq.conf
  // With kAll only, about its one user:
  int max_connections = 0;  // 0 = as many as come
  bool may_read = true;     // else no subscription is allowed
};

class RabbitMqBroker final : public Broker {
 public:
  explicit RabbitMqBroker(RabbitMqOptions options = {});
  static bool Available();

  // Runs one of its own command line programs: "rabbitmqctl", "rabbitmq-upgrade".
  Finished Control(const std::string& program, const std::vector<std::string>& words) const;

 private:
  Result<ProcessOptions> Prepare() override;
  bool Answers() const override;
  std::string Configuration() const;

  const RabbitMqOptions options_;
  std::unique_ptr<Process> port_mapper_;
  std::vector<std::string> env_;  // of the node and of its programs
};

}  // namespace vitals

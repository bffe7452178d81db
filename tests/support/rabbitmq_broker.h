// RabbitMqBroker: RabbitMQ with its MQTT and Web-MQTT plugins, and with a port mapper (epmd) of its
// own. By wish all its kinds of listeners, and each of them behind the PROXY protocol. With all of
// them nobody gets in unnamed: a client certificate is a name too. See tests/support/broker.h.
#pragma once

#include "tests/support/broker.h"

namespace vitals {

struct RabbitMqOptions {
  Listeners listeners = Listeners::kPlain;
  bool proxy = false;  // the plugin has one switch for all its listeners
};

class RabbitMqBroker final : public Broker {
 public:
  explicit RabbitMqBroker(RabbitMqOptions options = {});
  static bool Available();

 private:
  Result<ProcessOptions> Prepare() override;
  bool Answers() const override;
  std::string Configuration() const;

  const RabbitMqOptions options_;
  std::unique_ptr<Process> port_mapper_;
};

}  // namespace vitals

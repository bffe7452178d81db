// NatsBroker: the NATS server with its MQTT listener, which it has one of, and one for WebSocket,
// which speaks MQTT too. See tests/support/broker.h.
#pragma once

#include "tests/support/broker.h"

namespace vitals {

struct NatsOptions {
  enum class Security : std::uint8_t { kNone, kTls, kMutual };
  Security security = Security::kNone;
  std::string username{};  // with one, nobody gets in without it and its password
  std::string password{};
  std::string extra{};  // lines for its configuration
};

class NatsBroker final : public Broker {
 public:
  explicit NatsBroker(NatsOptions options = {});
  static bool Available();

 private:
  Result<ProcessOptions> Prepare() override;
  bool Answers() const override;

  NatsOptions options_;
};

}  // namespace vitals

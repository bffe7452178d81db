// HiveMqBroker: HiveMQ Community Edition as ./scripts/install-deps has laid it down in
// build/tools/hivemq (or where MQTT_VITALS_HIVEMQ says), with an extension that lets every client
// in and with its stores in memory. See tests/support/broker.h.
#pragma once

#include "tests/support/broker.h"

namespace vitals {

class HiveMqBroker final : public Broker {
 public:
  explicit HiveMqBroker(Listeners listeners = Listeners::kPlain);
  static bool Available();

 private:
  Result<ProcessOptions> Prepare() override;
  Result<std::string> Configuration() const;
};

}  // namespace vitals

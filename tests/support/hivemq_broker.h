// HiveMqBroker: HiveMQ Community Edition as ./scripts/install-deps has laid it down in
// build/tools/hivemq (or where MQTT_VITALS_HIVEMQ says), with an extension that lets every client
// in and with its stores in memory. See tests/support/broker.h.
#pragma once

#include "tests/support/broker.h"

namespace vitals {

struct HiveMqOptions {
  Listeners listeners = Listeners::kPlain;
  int heap_mib = 256;
  bool crash_on_full_heap = true;  // as its own start script has it
};

class HiveMqBroker final : public Broker {
 public:
  explicit HiveMqBroker(HiveMqOptions options = {});
  static bool Available();

 private:
  Result<ProcessOptions> Prepare() override;
  Result<std::string> Configuration() const;

  const HiveMqOptions options_;
};

}  // namespace vitals

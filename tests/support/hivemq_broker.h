// HiveMqBroker: HiveMQ Community Edition as ./scripts/install-deps has laid it down in
// build/tools/hivemq (or where MQTT_VITALS_HIVEMQ says), with its persistence in memory; by wish
// with all its kinds of listeners, a login back end and a limit. See tests/support/broker.h.
#pragma once

#include <string>

#include "tests/support/broker.h"

namespace vitals {

struct HiveMqOptions {
  Listeners listeners = Listeners::kPlain;
  int heap_mib = 256;
  bool crash_on_full_heap = true;  // as its own start script has it
  // The login back end of hivemq_extension/, compiled for this broker; else everybody gets in.
  bool doorkeeper = false;
  std::string username{};  // with one, nobody gets in without it and its password
  std::string password{};
  std::string may_use{};    // a topic filter; empty = all topics
  int max_connections = 0;  // 0 = as many as come
};

class HiveMqBroker final : public Broker {
 public:
  explicit HiveMqBroker(HiveMqOptions options = {});
  static bool Available();

  // The doorkeeper answers nobody any more.
  void HangLogins() const;

 private:
  Result<ProcessOptions> Prepare() override;
  Result<std::string> Configuration() const;
  Result<void> MakeDoorkeeper() const;

  const HiveMqOptions options_;
};

}  // namespace vitals

// ArtemisBroker: ActiveMQ Artemis as ./scripts/install-deps has laid it down in build/tools/artemis
// (or where MQTT_VITALS_ARTEMIS says), with its stores in memory. One acceptor speaks MQTT with and
// without WebSocket. By wish all kinds of them, with and without the PROXY protocol. See
// tests/support/broker.h.
#pragma once

#include "tests/support/broker.h"

namespace vitals {

struct ArtemisOptions {
  Listeners listeners = Listeners::kPlain;
  std::string username{};  // with one, nobody gets in without it and its password
  std::string password{};
  int heap_mib = 256;
  std::string may_use{};    // addresses that it may use, a/# being "a.#"; empty = all
  int max_connections = 0;  // of each acceptor; 0 = as many as come
};

class ArtemisBroker final : public Broker {
 public:
  explicit ArtemisBroker(ArtemisOptions options = {});
  static bool Available();

 private:
  Result<ProcessOptions> Prepare() override;
  Result<std::string> Acceptors() const;

  const ArtemisOptions options_;
};

}  // namespace vitals

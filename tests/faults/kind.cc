#include "tests/faults/kind.h"

#include <algorithm>

#include "agent/config/profile_store.h"
#include "tests/support/artemis_broker.h"
#include "tests/support/hivemq_broker.h"
#include "tests/support/mosquitto_broker.h"
#include "tests/support/nats_broker.h"
#include "tests/support/rabbitmq_broker.h"

namespace vitals {
namespace {

template <typename B>
std::unique_ptr<Broker> Make() {
  return std::make_unique<B>();
}

}  // namespace

const std::vector<BrokerSort>& BrokerSorts() {
  static const std::vector<BrokerSort> sorts = {
      {"mosquitto", MosquittoBroker::Available, Make<MosquittoBroker>},
      {"hivemq", HiveMqBroker::Available, Make<HiveMqBroker>},
      {"rabbitmq", RabbitMqBroker::Available, Make<RabbitMqBroker>},
      {"nats", NatsBroker::Available, Make<NatsBroker>},
      {"artemis", ArtemisBroker::Available, Make<ArtemisBroker>},
  };
  return sorts;
}

Duration WindowOf(const std::string& broker) {
  return std::max<Duration>(15s, FindProfiles(broker)->front()->longest_stall + 1s);
}

Expected Hung(const std::string& broker) {
  const Duration window = WindowOf(broker);
  return {ReadyWill::kFall, 3s, window - 2s, window + 4s};
}

}  // namespace vitals

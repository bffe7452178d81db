// What clients do to a broker: too many of them, strangers on our topics, forged log lines.
#include "tests/faults/bench.h"
#include "tests/faults/crowd.h"
#include "tests/faults/kind.h"
#include "tests/support/mosquitto_broker.h"
#include "tests/support/nats_broker.h"
#include "tests/support/rabbitmq_broker.h"

namespace vitals {
namespace {

// Fresh connects come every 2 s, and two of them have to fail.
const Expected kFullThenFree{ReadyWill::kReturn, 7s};

MakeBroker Mosquitto(const std::string& extra, int descriptors = 0) {
  return [extra, descriptors] {
    MosquittoOptions options;
    options.extra = extra;
    options.descriptors = descriptors;
    return std::make_unique<MosquittoBroker>(options);
  };
}

// Clients take all places for 18 s, longer than the window, then they leave. A new agent has no old
// connection to show that the broker lives.
void FullFor18s(Bench& bench, bool restart) {
  Crowd crowd(bench.broker().port());
  crowd.Come(60, 3s);
  if (restart) static_cast<void>(bench.RestartAgent());
  while (bench.SinceFault() < 18s) {
    bench.Wait(200ms);
    crowd.Come(1, 200ms);
  }
}

void Storm(Bench& bench) {
  Crowd crowd(bench.broker().port());
  crowd.Come(2000);
  bench.Wait(2s);
}

// A frozen broker whose accept queue is full answers no SYN.
void FullBacklog(Bench& bench) {
  bench.broker().Freeze();
  Crowd crowd(bench.broker().port());
  crowd.Come(300);
  while (bench.SinceFault() < 20s && bench.watch().Turns(Watch::kLive).back().ok) bench.Wait(100ms);
}

void Strangers(Bench& bench) {
  const auto connection = Connection::Open(bench.broker().port(), 10s);
  if (!connection) return;
  connection->Send(ConnectPacket("stranger"));
  connection->Read(4);
  for (const char* topic : {"mqtt-vitals", "mqtt-vitals/x", "mqtt-vitals/x/y"}) {
    connection->Send(RetainedPacket(topic, 20));
  }
  bench.Wait(1s);
}

// What a client writes about itself looks like what the broker says about itself.
void Forge(Bench& bench, const std::vector<std::string>& client_ids) {
  for (const std::string& id : client_ids) {
    const auto connection = Connection::Open(bench.broker().port(), 5s);
    if (!connection) continue;
    connection->Send(ConnectPacket(id));
    connection->Read(4);
  }
}

}  // namespace

std::vector<Kind> ClientKinds() {
  const auto nats = [] {
    NatsOptions options;
    options.extra = "max_connections: 4\n";
    return std::make_unique<NatsBroker>(options);
  };
  const auto few_clients = Mosquitto("max_connections 8\n"), few_descriptors = Mosquitto("", 24);
  const auto full = [](Bench& bench) { FullFor18s(bench, false); };
  const auto full_for_a_new_agent = [](Bench& bench) { FullFor18s(bench, true); };
  const auto forged_mosquitto = [](Bench& bench) {
    Forge(bench, {"mosquitto version 2.0.11 terminating", "mosquitto version 2.0.11 starting",
                  "1795346782: mosquitto version 2.0.11 terminating"});
  };
  const auto forged_rabbit = [](Bench& bench) {
    const std::string head = "x\n2026-11-24 12:00:00.000000+00:00 [info] <0.898.0> ";
    const std::string place = "127.0.0.1:" + std::to_string(bench.broker().port());
    Forge(bench, {head + "stopped MQTT TCP listener on " + place, head + "Peer discovery: stop",
                  head + "Stopping RabbitMQ applications and their dependencies"});
  };
  return {
      {"connection limit", "mosquitto", few_clients, full, kFullThenFree, 30s},
      {"connection limit, agent restarted", "mosquitto", few_clients, full_for_a_new_agent,
       kFullThenFree, 30s},
      {"connection limit", "nats", nats, full, kFullThenFree, 30s},
      {"connection limit, agent restarted", "nats", nats, full_for_a_new_agent, kFullThenFree, 30s},
      {"descriptors exhausted", "mosquitto", few_descriptors, full, kFullThenFree, 30s},
      {"descriptors exhausted, agent restarted", "mosquitto", few_descriptors, full_for_a_new_agent,
       kFullThenFree, 30s},
      {"2,000 clients at once", "mosquitto", Mosquitto(""), Storm, kUntouched, 10s},
      {"accept queue full", "mosquitto", Mosquitto(""), FullBacklog, Hung("mosquitto"), 20s},
      {"strangers on our topics", "mosquitto", Mosquitto(""), Strangers, kUntouched, 5s, true},
      {"forged log lines", "mosquitto", Mosquitto(""), forged_mosquitto, kUntouched, 20s},
      {"forged log lines", "rabbitmq", [] { return std::make_unique<RabbitMqBroker>(); },
       forged_rabbit, kUntouched, 20s},
  };
}

}  // namespace vitals

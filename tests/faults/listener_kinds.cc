// One way into a broker is broken while the others work: not ready, and no reason to restart it.
#include <filesystem>

#include "tests/faults/bench.h"
#include "tests/faults/kind.h"
#include "tests/support/free_port.h"
#include "tests/support/hivemq_broker.h"
#include "tests/support/mosquitto_broker.h"

namespace vitals {
namespace {

// Fresh connects come every 2 s, and two of them have to fail.
const Expected kOneIsGone{ReadyWill::kFall, 7s};
constexpr std::chrono::seconds kCertificate = 15s;

std::unique_ptr<Broker> WithTls() {
  MosquittoOptions options;
  options.listeners = Listeners::kAll;
  return std::make_unique<MosquittoBroker>(options);
}

std::string Endpoints(const BrokerListener& plain, const std::string& other) {
  return "endpoints:\n  - {url: 'mqtt://" + PlaceOf(plain) +
         "', name: plain, round_trip: true}\n  - {url: '" + other + "}\n";
}

std::string PlainAndTls(const Broker& broker) {
  return Endpoints(broker.listeners()[0], "mqtts://" + PlaceOf(broker.listeners()[1]) +
                                              "', name: tls, tls: {ca_file: " +
                                              broker.certificates()->authority.string() + "}");
}

// A key that belongs to another certificate: Mosquitto reads both again at a SIGHUP.
void KeyIsWrong(Bench& bench) {
  const CertificateFiles& files = bench.broker().certificates()->server;
  std::filesystem::copy_file(bench.broker().certificates()->client.key, files.key,
                             std::filesystem::copy_options::overwrite_existing);
  bench.broker().Hangup();
}

void LosesTls(Bench& bench) {
  auto& broker = static_cast<MosquittoBroker&>(bench.broker());
  broker.Stop();
  broker.LoseTls();
  static_cast<void>(broker.Start());
}

}  // namespace

std::vector<Kind> ListenerKinds() {
  const auto end = std::make_shared<Time>();
  const auto ends_soon = [end] {
    auto broker = WithTls();
    broker->LetCertificateEndIn(kCertificate);
    *end = std::chrono::steady_clock::now() + kCertificate;
    return broker;
  };
  const auto wait_for_its_end = [end](Bench& bench) {
    bench.Wait(*end - std::chrono::steady_clock::now());
    bench.Mark();
  };
  // Somebody else has the port of one of HiveMQ's listeners before it starts.
  const auto held = std::make_shared<Fd>();
  const auto port_taken = [held]() -> std::unique_ptr<Broker> {
    auto broker = std::make_unique<HiveMqBroker>(HiveMqOptions{.listeners = Listeners::kAll});
    *held = TakePort(broker->listeners()[3].port);
    return broker;
  };
  const auto plain_and_web = [](const Broker& broker) {
    return Endpoints(broker.listeners()[0], "ws://" + PlaceOf(broker.listeners()[3]) + "/mqtt'");
  };
  const auto start = [](Bench& bench) { static_cast<void>(bench.broker().Start()); };

  std::vector<Kind> kinds;
  kinds.push_back(
      {"certificate expires", "mosquitto", ends_soon, wait_for_its_end, kOneIsGone, 25s});
  // Mosquitto says so and goes on with the old one.
  kinds.push_back({"key of another certificate", "mosquitto", WithTls, KeyIsWrong, kUntouched, 8s});
  kinds.push_back({"restarted without TLS", "mosquitto", WithTls, LosesTls, kOneIsGone, 25s});
  for (Kind& kind : kinds) kind.config = PlainAndTls;
  kinds.push_back({"port of one listener taken", "hivemq", port_taken, start, kOneIsGone, 30s});
  kinds.back().config = plain_and_web;
  kinds.back().cold = true;
  return kinds;
}

}  // namespace vitals

// What is the agent's own fault, its configuration's or its machine's: never a reason to restart a
// broker, and no reason to overlook a hang.
#include <csignal>

#include "tests/faults/bench.h"
#include "tests/faults/kind.h"
#include "tests/support/free_port.h"
#include "tests/support/mosquitto_broker.h"

namespace vitals {
namespace {

std::unique_ptr<Broker> Plain() { return std::make_unique<MosquittoBroker>(); }

std::string Url(std::uint16_t port) { return "mqtt://127.0.0.1:" + std::to_string(port); }

void Nothing(Bench&) {}

// Both of its processes stand still, as in a pod that is paused.
void Starve(Bench& bench, Duration length) {
  const pid_t worker = bench.agent().WorkerPid();
  bench.agent().process().Signal(SIGSTOP);
  ::kill(worker, SIGSTOP);
  bench.Wait(length);
  ::kill(worker, SIGCONT);
  bench.agent().process().Signal(SIGCONT);
}

}  // namespace

std::vector<Kind> AgentKinds() {
  std::vector<Kind> kinds;
  const auto with_password = [] {
    MosquittoOptions options;
    options.username = "agent";
    options.password = "right";
    return std::make_unique<MosquittoBroker>(options);
  };
  const auto with_acl = [] {
    MosquittoOptions options;
    options.acl = "topic read $SYS/#\n";
    return std::make_unique<MosquittoBroker>(options);
  };
  // Both ports are the table's own, so that flags can name them.
  const std::uint16_t closed = FreePort(), open = FreePort();
  const auto on_open = [open] {
    MosquittoOptions options;
    options.port = open;
    return std::make_unique<MosquittoBroker>(options);
  };
  const auto start_broker = [](Bench& bench) { static_cast<void>(bench.broker().Start()); };

  kinds.push_back({"password changed under the agent", "mosquitto", with_password,
                   [](Bench& bench) {
                     auto& broker = static_cast<MosquittoBroker&>(bench.broker());
                     static_cast<void>(broker.SetPassword("other"));
                     broker.Hangup();
                   },
                   kUntouched, 20s});
  kinds.back().env = {"MQTT_VITALS__BROKER__USERNAME=agent"};
  kinds.back().password = "right";
  kinds.push_back({"topic denied by the ACL", "mosquitto", with_acl, start_broker, kDown, 25s});
  kinds.back().cold = true;
  kinds.push_back({"wrong port configured", "mosquitto", on_open, start_broker, kDown, 25s});
  kinds.back().cold = true;
  kinds.back().flags = {"--broker", Url(open), "--broker", Url(closed)};
  kinds.push_back({"no broker at all", "mosquitto", Plain, Nothing, kDown, 20s});
  kinds.back().cold = true;

  kinds.push_back({"agent stopped for 10 s", "mosquitto", Plain,
                   [](Bench& bench) { Starve(bench, 10s); }, kUntouched, 15s});
  // The 20 s in which it could not look prove nothing; 15 s of its own do.
  kinds.push_back({"frozen, agent stopped for 20 s",
                   "mosquitto",
                   Plain,
                   [](Bench& bench) {
                     bench.broker().Freeze();
                     Starve(bench, 20s);
                   },
                   {ReadyWill::kAny, 3s, 30s, 45s},
                   45s});
  kinds.push_back({"agent restarted",
                   "mosquitto",
                   Plain,
                   [](Bench& bench) { static_cast<void>(bench.RestartAgent()); },
                   {ReadyWill::kAny},
                   10s});
  kinds.push_back({"frozen, agent restarted after 8 s",
                   "mosquitto",
                   Plain,
                   [](Bench& bench) {
                     bench.broker().Freeze();
                     bench.Wait(8s);
                     static_cast<void>(bench.RestartAgent());
                   },
                   {ReadyWill::kAny, 3s, 13s, 35s},
                   40s});
  const auto kill_worker = [](Bench& bench) { ::kill(bench.agent().WorkerPid(), SIGKILL); };
  kinds.push_back({"worker killed three times", "mosquitto", Plain,
                   [kill_worker](Bench& bench) {
                     for (int i = 0; i < 3; ++i) {
                       kill_worker(bench);
                       bench.Wait(4s);
                     }
                   },
                   kUntouched, 15s});
  // The silence that its predecessor counted stays; its own three connects take 15 s.
  kinds.push_back({"frozen, worker killed after 8 s",
                   "mosquitto",
                   Plain,
                   [kill_worker](Bench& bench) {
                     bench.broker().Freeze();
                     bench.Wait(8s);
                     kill_worker(bench);
                   },
                   {ReadyWill::kFall, 3s, 13s, 27s},
                   30s});
  for (const char* seconds : {"3600", "-3600"}) {
    kinds.push_back({std::string("clock set by ") + seconds + " s", "mosquitto", Plain,
                     [seconds](Bench& bench) { bench.SetAgentClock(seconds); }, kUntouched, 10s});
    kinds.back().own_clock = true;
    kinds.push_back({std::string("frozen, clock set by ") + seconds + " s", "mosquitto", Plain,
                     [seconds](Bench& bench) {
                       bench.broker().Freeze();
                       bench.Wait(5s);
                       bench.SetAgentClock(seconds);
                     },
                     Hung("mosquitto"), 20s});
    kinds.back().own_clock = true;
  }
  return kinds;
}

}  // namespace vitals

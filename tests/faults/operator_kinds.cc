// What people ask for by command: a drain moves readiness and a hold keeps liveness, each for a
// bounded time; what they hide is seen as soon as they end.
#include <cstdio>

#include "tests/faults/bench.h"
#include "tests/faults/kind.h"
#include "tests/support/mosquitto_broker.h"

namespace vitals {
namespace {

std::unique_ptr<Broker> Plain() { return std::make_unique<MosquittoBroker>(); }

// `mqtt-vitals WORDS...`, as a person would in the pod.
void Command(Bench& bench, std::vector<std::string> words) {
  const auto done = AgentCommand(std::move(words), bench.folder() / "state", 30s);
  if (done.code != 0) std::fprintf(stderr, "%s%s\n", done.out.c_str(), done.err.c_str());
}

void Drain(Bench& bench) { Command(bench, {"drain"}); }

void HoldFor(Bench& bench, const std::string& length) {
  Command(bench, {"hold", "--for", length, "--reason", "heap dump"});
}

}  // namespace

std::vector<Kind> OperatorKinds() {
  const Expected down_at_once{ReadyWill::kFall, 1s};
  const auto drain_for_5s = [](Bench& bench) {
    Drain(bench);
    bench.Wait(5s);
    Command(bench, {"undrain"});
  };
  const auto drain_and_freeze = [](Bench& bench) {
    Drain(bench);
    bench.broker().Freeze();
  };
  const auto hold_and_freeze = [](const std::string& length) {
    return [length](Bench& bench) {
      HoldFor(bench, length);
      bench.Mark();
      bench.broker().Freeze();
    };
  };
  const auto release_after_20s = [](Bench& bench) {
    HoldFor(bench, "10m");
    bench.Mark();
    bench.broker().Freeze();
    bench.Wait(20s);
    Command(bench, {"release"});
  };
  const auto restart_while_held = [](Bench& bench) {
    HoldFor(bench, "10m");
    bench.Mark();
    bench.broker().Freeze();
    static_cast<void>(bench.RestartAgent());
  };
  std::vector<Kind> kinds = {
      {"drained for 5 s", "mosquitto", Plain, drain_for_5s, {ReadyWill::kReturn, 1s}, 10s, true},
      {"drained, then frozen", "mosquitto", Plain, drain_and_freeze, down_at_once, 25s},
      {"drained for 20 s at most, frozen",
       "mosquitto",
       Plain,
       drain_and_freeze,
       {ReadyWill::kFall, 1s, 19s, 25s},
       30s},
      {"held, then frozen", "mosquitto", Plain, hold_and_freeze("10m"), kDown, 25s},
      {"held for 20 s, frozen",
       "mosquitto",
       Plain,
       hold_and_freeze("20s"),
       {ReadyWill::kFall, 3s, 18s, 24s},
       30s},
      {"held, frozen, released after 20 s",
       "mosquitto",
       Plain,
       release_after_20s,
       {ReadyWill::kFall, 3s, 19s, 23s},
       30s},
      // The new agent has not seen it work, and what was ready before stays so for a while.
      {"held, frozen, agent restarted",
       "mosquitto",
       Plain,
       restart_while_held,
       {ReadyWill::kAny},
       30s},
  };
  kinds[2].env = {"MQTT_VITALS__POLICY__DRAIN_MAX=20s"};
  return kinds;
}

}  // namespace vitals

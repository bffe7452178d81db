// What happens to the broker's process. Most of it on every broker.
#include <csignal>

#include "tests/faults/bench.h"
#include "tests/faults/kind.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

void Frozen(Bench& bench) { bench.broker().Freeze(); }

void Blinks(Bench& bench) {
  for (int i = 0; i < 3; ++i) {
    bench.broker().Freeze();
    bench.Wait(500ms);
    bench.broker().Thaw();
    bench.Wait(1500ms);
  }
}

void Paused(Bench& bench) {
  bench.broker().Freeze();
  bench.Wait(8s);
  bench.broker().Thaw();
}

void Killed(Bench& bench) { bench.broker().Kill9(); }

void KilledAndStarted(Bench& bench) {
  bench.broker().Kill9();
  static_cast<void>(bench.broker().Start());
}

void Stopped(Bench& bench) { bench.broker().Stop(); }

// Runs for `on` and stands still for `off`, for as long as the row is watched.
void DutyCycle(Bench& bench, Duration on, Duration off, Duration length) {
  while (bench.SinceFault() < length) {
    bench.broker().Freeze();
    bench.Wait(off);
    bench.broker().Thaw();
    bench.Wait(on);
  }
}

// The stop line is out and the process stands still: its shutdown may take as long as it takes.
void StuckInShutdown(Bench& bench, const std::string& line) {
  bench.broker().Signal(SIGTERM);
  WaitUntil(
      5s, [&] { return ReadFile(bench.broker().log()).find(line) != std::string::npos; }, 1ms);
  bench.broker().Freeze();
}

}  // namespace

std::vector<Kind> ProcessKinds() {
  std::vector<Kind> kinds;
  for (const BrokerSort& sort : BrokerSorts()) {
    const auto add = [&](const char* name, auto act, const Expected& expected, Duration watch) {
      kinds.push_back({name, sort.name, sort.make, act, expected, watch});
    };
    add("frozen", Frozen, Hung(sort.name), WindowOf(sort.name) + 5s);
    add("frozen 3 x 0.5 s", Blinks, kUntouched, 7s);
    add("frozen for 8 s", Paused, kDownAndBack, 20s);
    add("killed", Killed, kDown, 20s);
    add("killed, started again", KilledAndStarted, kDownAndBack, 20s);
    add("stopped", Stopped, kDown, 20s);
  }
  const auto mosquitto = BrokerSorts()[0].make, hivemq = BrokerSorts()[1].make;
  for (Kind& kind : kinds) {
    kind.fast = kind.broker == "mosquitto" &&
                (kind.name == "frozen 3 x 0.5 s" || kind.name == "killed, started again");
    if (kind.fast) kind.watch = 7s;
  }
  kinds.push_back({"1 % of a core",
                   "mosquitto",
                   mosquitto,
                   [](Bench& bench) { DutyCycle(bench, 10ms, 990ms, 25s); },
                   {ReadyWill::kAny},
                   25s});
  kinds.push_back({"half of a core", "mosquitto", mosquitto,
                   [](Bench& bench) { DutyCycle(bench, 50ms, 50ms, 15s); }, kUntouched, 15s});
  kinds.push_back({"stuck in its shutdown", "hivemq", hivemq,
                   [](Bench& bench) { StuckInShutdown(bench, "Shutting down HiveMQ"); }, kDown,
                   WindowOf("hivemq") + 10s});
  return kinds;
}

}  // namespace vitals

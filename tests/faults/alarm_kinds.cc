// Resources of a broker run out, or it sends its clients away by order: no reason to restart it.
#include <csignal>
#include <cstdio>

#include "tests/faults/bench.h"
#include "tests/faults/crowd.h"
#include "tests/faults/kind.h"
#include "tests/support/auth_server.h"
#include "tests/support/free_port.h"
#include "tests/support/hivemq_broker.h"
#include "tests/support/nats_broker.h"
#include "tests/support/rabbitmq_broker.h"

namespace vitals {
namespace {

void Ctl(Bench& bench, const std::vector<std::string>& words) {
  const auto done = static_cast<RabbitMqBroker&>(bench.broker()).Control("rabbitmqctl", words);
  if (done.code != 0) std::fprintf(stderr, "%s%s\n", done.out.c_str(), done.err.c_str());
}

// Raises an alarm for longer than the window, then clears it.
auto AlarmFor20s(const std::vector<std::string>& raise, const std::vector<std::string>& clear) {
  return [raise, clear](Bench& bench) {
    Ctl(bench, raise);
    bench.Mark();
    bench.Wait(20s);
    Ctl(bench, clear);
  };
}

// Fills the heap with retained messages until nothing is taken any more.
void FillHeap(Bench& bench) {
  FillStore(bench.broker().port(), 20'000, 60'000, 10s);
  bench.Mark();
}

}  // namespace

std::vector<Kind> AlarmKinds() {
  const auto rabbit = [] { return std::make_unique<RabbitMqBroker>(); };
  const std::vector<std::string> no_memory = {"set_vm_memory_high_watermark", "0.00001"};
  const std::vector<std::string> memory = {"set_vm_memory_high_watermark", "0.9"};
  const std::uint16_t auth_port = FreePort();
  const auto auth = std::make_shared<std::unique_ptr<AuthServer>>();
  const auto asks_first = [auth_port, auth] {
    *auth = std::make_unique<AuthServer>(auth_port);
    return std::make_unique<RabbitMqBroker>(AskingFirst(auth_port));
  };
  const auto drain_and_revive = [](Bench& bench) {
    const auto& broker = static_cast<RabbitMqBroker&>(bench.broker());
    broker.Control("rabbitmq-upgrade", {"drain"});
    bench.Wait(20s);
    broker.Control("rabbitmq-upgrade", {"revive"});
  };
  const auto small_hivemq = [] {
    return std::make_unique<HiveMqBroker>(
        HiveMqOptions{.heap_mib = 128, .crash_on_full_heap = false});
  };
  return {
      {"memory alarm for 20 s",
       "rabbitmq",
       rabbit,
       AlarmFor20s(no_memory, memory),
       {ReadyWill::kReturn, 5s},
       30s},
      {"disk alarm for 20 s",
       "rabbitmq",
       rabbit,
       AlarmFor20s({"set_disk_free_limit", "1000000GB"}, {"set_disk_free_limit", "1MB"}),
       {ReadyWill::kReturn, 5s},
       40s},
      {"memory alarm, then frozen", "rabbitmq", rabbit,
       [no_memory](Bench& bench) {
         Ctl(bench, no_memory);
         bench.agent().WaitNotReady(10s);
         bench.Mark();
         bench.broker().Freeze();
       },
       Hung("rabbitmq"), 20s},
      {"login back end hangs",
       "rabbitmq",
       asks_first,
       [auth](Bench&) { (*auth)->Hang(); },
       {ReadyWill::kFall, 7s},
       25s},
      {"drained, then revived",
       "rabbitmq",
       rabbit,
       drain_and_revive,
       {ReadyWill::kReturn, 5s},
       30s},
      {"lame duck", "nats", [] { return std::make_unique<NatsBroker>(); },
       [](Bench& bench) { bench.broker().Signal(SIGUSR2); }, kDown, 20s},
      // It takes TCP connections and leaves every byte unread. Artemis survives the same flood:
      // lines tell of it, it stands still for seconds, and only who floods it is thrown out.
      {"heap exhausted", "hivemq", small_hivemq, FillHeap, {ReadyWill::kFall, 3s, 10s, 80s}, 80s},
  };
}

}  // namespace vitals

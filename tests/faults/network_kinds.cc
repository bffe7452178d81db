// Something between agent and broker: packets come late or not at all. The broker works, so there
// is no reason to restart it.
#include "tests/faults/bench.h"
#include "tests/faults/kind.h"
#include "tests/support/delay_relay.h"

namespace vitals {
namespace {

// Both ways, as if the network did it.
auto DropFor(double share, Duration length) {
  return [share, length](Bench& bench) {
    const std::string rest =
        "-p tcp -m statistic --mode random --probability " + std::to_string(share) + " -j DROP ";
    const std::string port = std::to_string(bench.broker().port());
    for (const char* change : {"-A", "-D"}) {
      for (const char* side : {"--dport ", "--sport "}) {
        bench.network()->Iptables(change + (" INPUT " + rest) + side + port);
      }
      if (change[1] == 'A') bench.Wait(length);
    }
  };
}

}  // namespace

std::vector<Kind> NetworkKinds() {
  std::vector<Kind> kinds;
  for (const BrokerSort& sort : BrokerSorts()) {
    // By chance, several in a row may be lost.
    kinds.push_back({"30 % of the packets lost for 30 s",
                     sort.name,
                     sort.make,
                     DropFor(0.3, 30s),
                     {ReadyWill::kAny},
                     35s});
    kinds.back().own_network = true;
    // No byte and no SYN arrives, and nothing of the broker's is full: the network, not the broker.
    kinds.push_back({"all packets lost for 40 s",
                     sort.name,
                     sort.make,
                     DropFor(1, 40s),
                     {ReadyWill::kReturn, 5s},
                     45s});
    kinds.back().own_network = true;

    const auto relay = std::make_shared<std::unique_ptr<DelayRelay>>();
    kinds.push_back({"200 ms late each way", sort.name, sort.make,
                     [relay](Bench& bench) {
                       (*relay)->SetDelay(200ms);
                       bench.Wait(20s);
                     },
                     kUntouched, 20s});
    kinds.back().config = [relay](const Broker& broker) {
      *relay = std::make_unique<DelayRelay>(broker.port(), 0ms);
      return "endpoints:\n  - {url: 'mqtt://127.0.0.1:" + std::to_string((*relay)->port()) +
             "', round_trip: true, via_proxy: true}\n";
    };
  }
  return kinds;
}

}  // namespace vitals

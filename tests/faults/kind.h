// Kind: one kind of fault as a row of the campaign: which broker, what is done to it, and what the
// verdicts have to do then. Times count from the moment of the fault.
//
// Values; a lane of the campaign owns those that it runs.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/time.h"
#include "tests/support/broker.h"

namespace vitals {

class Bench;

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

enum class ReadyWill : std::uint8_t {
  kStay,    // never turns
  kFall,    // not ready in time, and stays so
  kReturn,  // not ready in time, ready again in the end
  kAny,     // whatever it likes: the fault may or may not be felt
};

struct Expected {
  ReadyWill ready = ReadyWill::kStay;
  Duration ready_within = 3s;
  // Liveness fails within this time; zero = never.
  Duration live_from{}, live_to{};

  bool live_fails() const { return live_to > Duration{}; }
};

inline const Expected kUntouched{};
inline const Expected kDown{ReadyWill::kFall};
inline const Expected kDownAndBack{ReadyWill::kReturn};

// The liveness window of the agent that watches such a broker: the shortest that can be had.
Duration WindowOf(const std::string& broker);
// What a hang of all of it comes to: liveness fails after the window, give or take.
Expected Hung(const std::string& broker);

using MakeBroker = std::function<std::unique_ptr<Broker>()>;

struct Kind {
  std::string name;
  std::string broker;  // its profile
  MakeBroker make;
  std::function<void(Bench&)> act{};  // makes the fault, and ends it where it ends
  Expected expected{};
  Duration watch = 20s;  // from the fault on
  bool fast = false;     // a row of ./scripts/test
  bool cold = false;     // the broker never works: nobody waits for it, the fault is there at start
  std::vector<std::string> flags = {};  // instead of --broker and --log
  std::function<std::string(const Broker&)> config =
      {};                             // the agent's, as YAML; --broker is left out
  std::vector<std::string> env = {};  // settings, besides those of the campaign
  std::string password = {};          // the agent's; empty = none
  bool own_network = false;           // broker and agent are alone in theirs (Bench::network)
  bool own_clock = false;             // the agent's wall clock can be set (Bench::SetAgentClock)
};

// A broker of each sort, as the campaign runs it.
struct BrokerSort {
  std::string name;
  bool (*available)();
  MakeBroker make;
};
const std::vector<BrokerSort>& BrokerSorts();

// The tables, one a file.
std::vector<Kind> ProcessKinds();   // frozen, killed, stopped, starved
std::vector<Kind> ClientKinds();    // too many clients, strangers, forged lines
std::vector<Kind> LogKinds();       // what happens to a log
std::vector<Kind> StoreKinds();     // saves, slow starts, full disks
std::vector<Kind> AgentKinds();     // faults of the agent and of its configuration
std::vector<Kind> OperatorKinds();  // drains and holds
std::vector<Kind> NetworkKinds();   // packets late or lost
std::vector<Kind> AlarmKinds();     // resources run out, and brokers that send their clients away
std::vector<Kind> ListenerKinds();  // one way in is broken, the others are not

}  // namespace vitals

// The fault campaign (docs/faults.md): every kind of fault on real brokers, one row each.
//   faults [--fast] [--lanes N] [--only TEXT] [--list]
//   faults --detection HANGS    how fast, p50 and p99, on each broker
//   faults --flaps MINUTES      short freezes must not be felt
// Ends with code 1 if a row is wrong. A broker that is not installed is left out and named.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <set>
#include <string>

#include "tests/faults/campaign.h"
#include "tests/faults/long_runs.h"

namespace vitals {
namespace {

struct Wishes {
  bool fast = false;
  bool list = false;
  std::size_t lanes = 4;
  int detection = 0;
  int flaps = 0;
  std::string only;  // in the name of the kind or of the broker
};

std::optional<Wishes> Read(const std::vector<std::string>& args) {
  Wishes wishes;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const bool more = i + 1 < args.size();
    if (args[i] == "--fast") {
      wishes.fast = true;
    } else if (args[i] == "--list") {
      wishes.list = true;
    } else if (args[i] == "--lanes" && more) {
      wishes.lanes = static_cast<std::size_t>(std::max(1, std::atoi(args[++i].c_str())));
    } else if (args[i] == "--detection" && more) {
      wishes.detection = std::atoi(args[++i].c_str());
    } else if (args[i] == "--flaps" && more) {
      wishes.flaps = std::atoi(args[++i].c_str());
    } else if (args[i] == "--only" && more) {
      wishes.only = args[++i];
    } else {
      return std::nullopt;
    }
  }
  return wishes;
}

std::vector<Kind> Wanted(const Wishes& wishes) {
  std::set<std::string> missing;
  for (const BrokerSort& sort : BrokerSorts()) {
    if (!sort.available()) missing.insert(sort.name);
  }
  std::set<std::string> named;
  std::vector<Kind> kinds;
  for (auto* const table : {ProcessKinds, ClientKinds, LogKinds, StoreKinds, AgentKinds, AlarmKinds,
                            ListenerKinds, OperatorKinds, NetworkKinds}) {
    for (Kind& kind : table()) {
      const std::string text = kind.name + " " + kind.broker;
      if (wishes.fast && !kind.fast) continue;
      if (text.find(wishes.only) == std::string::npos) continue;
      if (!missing.contains(kind.broker)) {
        kinds.push_back(std::move(kind));
      } else if (named.insert(kind.broker).second) {
        std::cout << NotFound(kind.broker) << '\n';
      }
    }
  }
  return kinds;
}

int Run(const Wishes& wishes) {
  if (wishes.detection > 0) return MeasureDetection(wishes.detection, std::cout) ? 0 : 1;
  if (wishes.flaps > 0) return MeasureFlaps(std::chrono::minutes(wishes.flaps), std::cout) ? 0 : 1;
  const std::vector<Kind> kinds = Wanted(wishes);
  if (wishes.list) {
    for (const Kind& kind : kinds) std::cout << kind.broker << ": " << kind.name << '\n';
    return 0;
  }
  int wrong = 0, false_failures = 0;
  PrintHead(std::cout);
  RunLanes(kinds, wishes.lanes, [&](const RowResult& row) {
    PrintRow(std::cout, row);
    wrong += row.wrong.empty() ? 0 : 1;
    false_failures += row.false_failures;
  });
  std::cout << kinds.size() << " rows, " << wrong << " wrong, " << false_failures
            << " false failures\n";
  return wrong == 0 && !kinds.empty() ? 0 : 1;
}

}  // namespace
}  // namespace vitals

int main(int argc, char** argv) {
  const auto wishes = vitals::Read({argv + 1, argv + argc});
  if (!wishes) {
    std::cerr << "faults [--fast] [--lanes N] [--only TEXT] [--list]\n"
                 "faults --detection HANGS | --flaps MINUTES\n";
    return 2;
  }
  return vitals::Run(*wishes);
}

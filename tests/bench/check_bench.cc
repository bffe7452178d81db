// What one look at a broker costs: `check` and `check --round-trip` against a Mosquitto, beside
// `mosquitto_rr`, which sends a request and waits for its answer, and `version`, which is the bare
// start of the program.
//
//   check_bench AGENT      AGENT: the program mqtt-vitals
//
// Prints a table of medians. What it demands is a ratio of CPU times in the same run: a look costs
// little more than the start. Ends with 1 if that is not kept, or if any run fails.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "tests/bench/measured_run.h"
#include "tests/support/mosquitto_broker.h"

namespace vitals::bench {
namespace {

constexpr int kRuns = 41;

struct Medians {
  double wall_ms = 0;
  double cpu_ms = 0;
  bool good = true;
};

double Median(std::vector<double>& values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

Medians Measure(const char* name, const std::vector<std::string>& args) {
  Medians medians;
  std::vector<double> wall, cpu;
  for (int i = 0; i < kRuns; ++i) {
    const Run run = MeasuredRun(args);
    if (run.code != 0) {
      std::printf("%-28s FAILED with code %d\n", name, run.code);
      medians.good = false;
      return medians;
    }
    wall.push_back(1e3 * run.wall_s);
    cpu.push_back(1e3 * run.cpu_s);
  }
  medians.wall_ms = Median(wall);
  medians.cpu_ms = Median(cpu);
  std::printf("%-28s %9.1f %9.1f\n", name, medians.wall_ms, medians.cpu_ms);
  return medians;
}

int Compare(const std::string& agent) {
  if (!MosquittoBroker::Available()) {
    std::printf("SKIPPED: mosquitto is not installed\n");
    return 0;
  }
  MosquittoBroker broker;
  if (const auto started = broker.Start(); !started) {
    std::printf("%s\n", started.error().ToString().c_str());
    return 1;
  }
  const std::string port = std::to_string(broker.port());
  const std::string url = "mqtt://127.0.0.1:" + port;
  std::printf("%-28s %9s %9s\n", "median of 41, on one core", "wall ms", "CPU ms");
  const Medians start = Measure("version", {agent, "version"});
  const Medians check = Measure("check", {agent, "check", "--broker", url});
  const Medians round =
      Measure("check --round-trip", {agent, "check", "--round-trip", "--broker", url});
  bool good = start.good && check.good && round.good;
  if (MeasuredRun({"mosquitto_rr", "--help"}).code == 127) {
    std::printf("%-28s SKIPPED: mosquitto-clients is not installed\n", "mosquitto_rr");
  } else {
    good &= Measure("mosquitto_rr", {"mosquitto_rr", "-p", port, "-V", "mqttv5", "-t", "bench",
                                     "-e", "bench", "-m", "x", "-W", "5"})
                .good;
  }
  if (good && check.cpu_ms > 2 * start.cpu_ms) {
    std::printf("NOT KEPT: a check takes at most twice the CPU time of the start\n");
    good = false;
  }
  return good ? 0 : 1;
}

}  // namespace
}  // namespace vitals::bench

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: check_bench AGENT\n");
    return 2;
  }
  return vitals::bench::Compare(argv[1]);
}

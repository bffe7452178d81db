#include "tests/faults/long_runs.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <mutex>
#include <ostream>
#include <random>
#include <thread>
#include <vector>

#include "tests/faults/bench.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

// Of sorted seconds, by nearest rank.
double Percentile(const std::vector<double>& sorted, double share) {
  const double rank = std::ceil(share * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(std::max(1.0, rank)) - 1];
}

struct Hangs {
  std::vector<double> not_ready, failed;
  std::string trouble;  // empty = every hang was seen and ended
};

// A turn of the verdict to "no" since the last fault.
std::optional<Duration> Turned(const Bench& bench, Watch::Verdict verdict, Duration limit) {
  std::optional<Duration> after;
  WaitUntil(
      limit,
      [&] {
        const auto turns = bench.watch().Turns(verdict);
        if (turns.empty() || turns.back().ok || turns.back().at < bench.fault_at()) return false;
        after = turns.back().at - bench.fault_at();
        return true;
      },
      10ms);
  return after;
}

Hangs HangRepeatedly(const BrokerSort& sort, int times) {
  Kind kind{"detection", sort.name, sort.make};
  kind.env = {"MQTT_VITALS__POLICY__LIVENESS_WINDOW=60s", "MQTT_VITALS__LISTENER__INTERVAL=10s"};
  Hangs hangs;
  Bench bench(kind);
  if (auto started = bench.Start(); !started) {
    hangs.trouble = started.error().ToString();
    return hangs;
  }
  std::mt19937 random(std::random_device{}());
  for (int i = 0; i < times; ++i) {
    // Any phase of the round trip and of the connects.
    bench.Wait(std::chrono::milliseconds(random() % 10'000));
    bench.Mark();
    bench.broker().Freeze();
    const auto not_ready = Turned(bench, Watch::kReady, 30s);
    const auto failed = Turned(bench, Watch::kLive, 120s);
    bench.broker().Thaw();
    if (!not_ready || !failed || !bench.agent().WaitReady(60s)) {
      hangs.trouble = "hang " + std::to_string(i + 1) + bench.agent().Story();
      break;
    }
    hangs.not_ready.push_back(Seconds(*not_ready));
    hangs.failed.push_back(Seconds(*failed));
  }
  std::sort(hangs.not_ready.begin(), hangs.not_ready.end());
  std::sort(hangs.failed.begin(), hangs.failed.end());
  return hangs;
}

}  // namespace

bool MeasureDetection(int hangs, std::ostream& out) {
  std::mutex mutex;
  bool good = true;
  out << "broker      hangs   not ready p50    p99    max   failed min    p50    p99    max (s)\n";
  std::vector<std::jthread> lanes;
  for (const BrokerSort& sort : BrokerSorts()) {
    if (!sort.available()) {
      out << NotFound(sort.name) << '\n';
      continue;
    }
    lanes.emplace_back([&] {
      const Hangs seen = HangRepeatedly(sort, hangs);
      const std::lock_guard lock(mutex);
      out << std::left << std::setw(12) << sort.name << std::right << std::setw(5)
          << seen.failed.size() << std::fixed << std::setprecision(2);
      if (!seen.failed.empty()) {
        const auto show = [&](const std::vector<double>& all, int width, double share) {
          out << std::setw(width) << Percentile(all, share);
        };
        show(seen.not_ready, 16, 0.5), show(seen.not_ready, 7, 0.99), show(seen.not_ready, 7, 1);
        show(seen.failed, 13, 0), show(seen.failed, 7, 0.5), show(seen.failed, 7, 0.99);
        show(seen.failed, 7, 1);
        good = good && Percentile(seen.not_ready, 0.99) <= 3 && seen.failed.front() >= 55 &&
               seen.failed.back() <= 65;
      }
      out << '\n' << seen.trouble << std::flush;
      good = good && seen.trouble.empty();
    });
  }
  lanes.clear();
  return good;
}

bool MeasureFlaps(Duration length, std::ostream& out) {
  const BrokerSort& sort = BrokerSorts().front();
  const Kind kind{"flaps", sort.name, sort.make};
  Bench bench(kind);
  if (auto started = bench.Start(); !started) {
    out << started.error().ToString() << '\n';
    return false;
  }
  std::mt19937 random(std::random_device{}());
  const auto between = [&](int least_ms, int most_ms) {
    return std::chrono::milliseconds(std::uniform_int_distribution(least_ms, most_ms)(random));
  };
  bench.Mark();
  int freezes = 0;
  while (bench.SinceFault() < length) {
    bench.broker().Freeze();
    bench.Wait(between(100, 700));
    bench.broker().Thaw();
    bench.Wait(between(300, 3000));
    ++freezes;
  }
  int flaps = 0;
  for (const auto verdict : {Watch::kReady, Watch::kLive}) {
    flaps += static_cast<int>(bench.watch().Turns(verdict).size()) - 1;
  }
  out << freezes << " freezes of 0.1 to 0.7 s in " << Seconds(bench.SinceFault()) / 60
      << " min: verdicts turned " << flaps << " times\n";
  if (flaps > 0) out << bench.agent().Story();
  return flaps == 0;
}

}  // namespace vitals

#include "tests/faults/campaign.h"

#include <sched.h>
#include <sys/mount.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <mutex>
#include <ostream>
#include <thread>

#include "tests/faults/bench.h"

namespace vitals {
namespace {

std::string InSeconds(const std::optional<Duration>& duration) {
  if (!duration) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", Seconds(*duration));
  return text;
}

std::string Words(const Expected& expected) {
  static const char* const kReady[] = {"stays ready", "not ready", "not ready, then ready",
                                       "ready or not"};
  std::string text = kReady[static_cast<std::size_t>(expected.ready)];
  if (!expected.live_fails()) return text + "; alive";
  char window[48];
  std::snprintf(window, sizeof window, "; fails in %.0f to %.0f s", Seconds(expected.live_from),
                Seconds(expected.live_to));
  return text + window;
}

// The first time that it was "no" since the fault.
std::optional<Duration> FirstNo(const std::vector<Turned>& turns, Time fault) {
  for (const Turned& turned : turns) {
    if (!turned.ok && turned.at >= fault) return turned.at - fault;
    if (!turned.ok && turned.at < fault && &turned == &turns.back()) return Duration{};
  }
  return std::nullopt;
}

int Falls(const std::vector<Turned>& turns) {
  return static_cast<int>(
      std::count_if(turns.begin(), turns.end(), [](const Turned& turned) { return !turned.ok; }));
}

// All that can be known is known: nobody has to watch on.
bool Settled(const Bench& bench, const Kind& kind) {
  if (!kind.expected.live_fails() || kind.expected.ready == ReadyWill::kReturn) return false;
  return FirstNo(bench.watch().Turns(Watch::kLive), bench.fault_at()).has_value();
}

void JudgeReady(const Kind& kind, RowResult& row, const std::vector<Turned>& turns) {
  const Expected& expected = kind.expected;
  const bool falls = expected.ready == ReadyWill::kFall || expected.ready == ReadyWill::kReturn;
  if (expected.ready == ReadyWill::kStay && Falls(turns) > 0) {
    row.false_failures += Falls(turns);
    row.wrong.push_back("not ready after " + InSeconds(row.not_ready) + " s");
  }
  if (falls && !row.not_ready) row.wrong.emplace_back("never not ready");
  if (falls && row.not_ready.value_or(Duration{}) > expected.ready_within) {
    row.wrong.push_back("not ready only after " + InSeconds(row.not_ready) + " s");
  }
  if (expected.ready == ReadyWill::kFall && row.ready_at_end) {
    row.wrong.emplace_back("ready in the end");
  }
  if (expected.ready == ReadyWill::kReturn && !row.ready_at_end) {
    row.wrong.emplace_back("not ready in the end");
  }
}

void JudgeLive(const Kind& kind, RowResult& row, const std::vector<Turned>& turns) {
  const Expected& expected = kind.expected;
  if (!expected.live_fails()) {
    row.false_failures += Falls(turns);
    if (Falls(turns) > 0) row.wrong.emplace_back("liveness failed");
  } else if (!row.live_failure) {
    row.wrong.emplace_back("liveness never failed");
  } else if (*row.live_failure < expected.live_from || *row.live_failure > expected.live_to) {
    row.wrong.emplace_back("liveness failed out of its time");
  }
}

// A lane may mount what it likes: it and its programs see it, and it ends with them. Without the
// right to it only the rows that mount something are the worse for it.
void SeeMountsOfItsOwn() {
  if (::unshare(CLONE_NEWNS) != 0) return;
  ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
}

}  // namespace

RowResult RunKind(const Kind& kind) {
  RowResult row{.kind = kind.name, .broker = kind.broker, .expected = kind.expected};
  Bench bench(kind);
  if (auto started = bench.Start(); !started) {
    row.wrong.push_back(started.error().ToString());
    return row;
  }
  bench.Mark();
  kind.act(bench);
  while (bench.SinceFault() < kind.watch && !Settled(bench, kind)) bench.Wait(50ms);
  // A broker may take longer to come back than the row is watched.
  if (kind.expected.ready == ReadyWill::kReturn) bench.agent().WaitReady(15s);

  const auto ready = bench.watch().Turns(Watch::kReady), live = bench.watch().Turns(Watch::kLive);
  row.not_ready = FirstNo(ready, bench.fault_at());
  row.live_failure = FirstNo(live, bench.fault_at());
  row.ready_at_end = !ready.empty() && ready.back().ok;
  JudgeReady(kind, row, ready);
  JudgeLive(kind, row, live);
  const std::string story = row.wrong.empty() ? "" : bench.agent().Story();
  bench.StopAgent();
  if (const std::string difference = bench.ReplayDifference(); !difference.empty()) {
    row.wrong.push_back("the replay differs:\n" + difference);
  }
  if (!story.empty()) row.wrong.push_back(story);
  return row;
}

void RunLanes(const std::vector<Kind>& kinds, std::size_t lanes,
              const std::function<void(const RowResult&)>& done) {
  std::mutex mutex;
  std::size_t next = 0;
  std::vector<std::jthread> threads;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    threads.emplace_back([&] {
      SeeMountsOfItsOwn();
      for (;;) {
        std::unique_lock lock(mutex);
        if (next == kinds.size()) return;
        const Kind& kind = kinds[next++];
        lock.unlock();
        const RowResult row = RunKind(kind);
        lock.lock();
        done(row);
      }
    });
  }
}

void PrintHead(std::ostream& out) {
  char line[256];
  std::snprintf(line, sizeof line, "%-34s %-10s %-42s %9s %9s %6s  %s\n", "fault", "broker",
                "expected", "not ready", "failed", "false", "seen");
  out << line;
}

void PrintRow(std::ostream& out, const RowResult& row) {
  char line[256];
  std::snprintf(line, sizeof line, "%-34s %-10s %-42s %9s %9s %6d  ", row.kind.c_str(),
                row.broker.c_str(), Words(row.expected).c_str(), InSeconds(row.not_ready).c_str(),
                InSeconds(row.live_failure).c_str(), row.false_failures);
  out << line;
  if (row.wrong.empty()) {
    out << "as expected\n";
  } else {
    out << "WRONG\n";
    for (const std::string& why : row.wrong) out << "    " << why << '\n';
  }
  out.flush();
}

}  // namespace vitals

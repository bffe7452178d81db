// History: the memory of the last hour, in less than 1 MiB whatever happens: round-trip times,
// verdicts, events, the newest connect of each listener, and how the agent itself does. Nothing of
// it is on disk, and nothing that judges reads it.
//
// Owned by the composition root. Observe, Publish and SetDropped: the pump's thread. Read: any
// thread; it holds the lock for a copy only.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "agent/core/evidence.h"
#include "agent/core/past.h"
#include "agent/core/settings.h"
#include "agent/core/snapshot.h"
#include "agent/history/event_ring.h"
#include "agent/history/latency_steps.h"

namespace vitals {

class History {
 public:
  History(const Settings& settings, Time began);

  void Observe(const Evidence& evidence);
  void Publish(const SnapshotPtr& snapshot);
  void SetDropped(std::uint64_t evidence, std::uint64_t log_lines);

  Past Read() const;

 private:
  struct Series {
    std::size_t endpoint;
    LatencySteps steps;
  };
  // All that Read copies.
  struct State {
    Time at{};
    WallTime wall{};
    std::vector<Series> series;
    std::deque<VerdictStretch> verdicts;
    std::vector<LastConnect> connects;
    AgentHealth agent;
    // Apart, so that a flood of log lines can't push the verdicts out.
    EventRing own{200};
    EventRing broker{100};
  };

  void Note(const Tick& tick, Time at);
  void Note(const ConnectEvidence& connect, Time at);
  void Note(const RoundTripEvidence& round, Time at);
  void Note(const LogEvent& event, Time at);
  void Note(const LogContext& context, Time at);
  void Note(const LogProgress& progress, Time at);
  void Note(const ProfileChosen& chosen, Time at);
  void Note(const Command& command, Time at);
  void Note(const ConfigurationRead& read, Time at);
  template <typename What>
  void Note(const What&, Time) {}  // polls

  const bool broker_lines_;
  mutable std::mutex mutex_;
  State state_;
  SnapshotPtr last_;  // the pump's alone
};

}  // namespace vitals

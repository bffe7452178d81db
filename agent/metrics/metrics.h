// Metrics: counts evidence and shows the newest snapshot in Prometheus' text format
// (docs/metrics.md). Everything that can be known beforehand exists at zero from the start.
//
// Owned by the composition root. Observe, Publish and the setters: the pump's thread. Render: any
// thread. It never calls back and puts no client id, topic or free text into a label.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/evidence.h"
#include "agent/core/settings.h"
#include "agent/core/snapshot.h"
#include "agent/metrics/registry.h"

namespace vitals {

class Metrics {
 public:
  Metrics(const Settings& settings, const std::string& version);
  ~Metrics();

  void Observe(const Evidence& evidence);
  void Publish(const Snapshot& snapshot);
  // Totals since the start: evidence lost in the queue, log lines lost at stdout.
  void SetRestarts(std::uint32_t worker);  // once, at the start of a worker
  void SetDropped(std::uint64_t evidence, std::uint64_t output);
  void SetRecorded(std::uint64_t bytes, std::uint64_t dropped);

  std::string Render() const;

 private:
  using EndpointKey = std::pair<ProbeKind, EndpointId>;
  using ConditionKey = std::pair<ConditionType, std::string>;
  using StatusGauges = std::array<prometheus::Gauge*, kStatusCount>;

  void CreateProbe(ProbeKind probe, const EndpointSettings& endpoint);
  void Seen(Source source, Time at);
  void Count(ProbeKind probe, EndpointId endpoint, const std::optional<Failure>& failure,
             const StageTimes& stages);
  void SetCertificateProblems(const std::string& endpoint, const ServedCertificate& certificate);
  void SetUnread(ProbeKind probe, EndpointId endpoint, std::uint32_t bytes, Time at);

  void Count(const Tick& tick, Time at);
  void Count(const ConnectEvidence& connect, Time at);
  void Count(const RoundTripEvidence& round, Time at);
  void Count(const StrayMessage& message, Time at);
  void Count(const SilenceSample& sample, Time at);
  void Count(const BystanderLook& look, Time at);
  void Count(const LogEvent& event, Time at);
  void Count(const LogContext&, Time) {}  // text is no number
  void Count(const LogProgress& progress, Time at);
  void Count(const ProfileChosen& chosen, Time at);
  void Count(const Command& command, Time at);
  void Count(const ConfigurationRead& read, Time at);
  void Count(const ProcessLook& look, Time at);

  void PublishVerdicts(const Snapshot& snapshot);
  void PublishConditions(const Snapshot& snapshot);
  void PublishProbes(const Snapshot& snapshot);
  void PublishAgentFaults(const Snapshot& snapshot);

  MetricRegistry registry_;
  std::vector<std::string> endpoints_;  // names, by EndpointId

  std::array<bool, 3> verdicts_;           // as last published
  std::array<Time, kSourceCount> seen_{};  // newest evidence of a source
  Time log_last_read_{};
  Time first_seen_{};                      // of any evidence
  std::map<EndpointKey, Time> unread_at_;  // newest sample with unread bytes
  std::map<ConditionKey, StatusGauges> conditions_;
  std::map<FailReason, prometheus::Gauge*> agent_faults_;
  std::array<prometheus::Gauge*, kSourceCount> loop_late_{};  // set by every tick
  std::string profile_;
};

}  // namespace vitals

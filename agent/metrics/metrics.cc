#include "agent/metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

#include "agent/metrics/failure_table.h"

namespace vitals {
namespace {

// The same answers that the probe front gives while there is no snapshot.
constexpr std::array<bool, 3> kVerdictsAtStart{false, false, true};
constexpr std::array<std::string_view, 3> kVerdictNames{"startup", "readiness", "liveness"};

// Samples come once a second while a connection is silent; without one, nothing lies unread.
constexpr Duration kSampleLife = std::chrono::seconds(3);

constexpr std::string_view Compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#else
  return "gcc " __VERSION__;
#endif
}

double UnixTime(const Snapshot& snapshot, Time at) {
  return Seconds(snapshot.wall.time_since_epoch()) - Seconds(snapshot.at - at);
}

// The number that the rule of an event shows, if its line has one.
std::optional<double> ValueOf(const LogEvent& event) {
  if (event.rule->metric.empty()) return std::nullopt;
  for (const auto& [name, text] : event.captures) {
    if (name != event.rule->metric) continue;
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error == std::errc() && stop == end && std::isfinite(value)) return value;
  }
  return std::nullopt;
}

template <typename Enum>
Enum Nth(std::size_t index) {
  return static_cast<Enum>(index);
}

}  // namespace

Metrics::Metrics(const Settings& settings, const std::string& version)
    : verdicts_(kVerdictsAtStart) {
  registry_.GaugeOf(Metric::kBuildInfo, {version, Compiler()}).Set(1);
  for (std::size_t i = 0; i < kVerdictNames.size(); ++i) {
    registry_.GaugeOf(Metric::kVerdict, {kVerdictNames[i]}).Set(verdicts_[i] ? 1 : 0);
    for (std::size_t reason = 0; reason < kReasonCount; ++reason) {
      registry_.CounterOf(Metric::kVerdictChanges, {kVerdictNames[i], Name(Nth<Reason>(reason))});
    }
  }
  for (std::size_t i = 0; i < kFailReasonCount; ++i) {
    const auto reason = Nth<FailReason>(i);
    if (DefaultFault(reason) != Fault::kAgent) continue;
    agent_faults_[reason] = &registry_.GaugeOf(Metric::kAgentFault, {Name(reason)});
  }
  for (const auto clock : {"read", "answer"}) {
    registry_.GaugeOf(Metric::kLivenessSilence, {clock});
  }
  for (std::size_t i = 0; i < kSourceCount; ++i) {
    loop_late_[i] = &registry_.GaugeOf(Metric::kLoopLate, {Name(Nth<Source>(i))});
    if (Nth<Source>(i) != Source::kJudge) {
      registry_.GaugeOf(Metric::kEvidenceAge, {Name(Nth<Source>(i))});
    }
  }
  for (const auto& endpoint : settings.endpoints) {
    endpoints_.push_back(endpoint.name);
    CreateProbe(ProbeKind::kListener, endpoint);
    if (endpoint.UsesTls())
      SetCertificateProblems(endpoint.name, {.trusted = true, .name_ok = true});
    if (!endpoint.round_trip) continue;
    CreateProbe(ProbeKind::kRoundTrip, endpoint);
    for (std::size_t kind = 0; kind < kMessageKindCount; ++kind) {
      registry_.CounterOf(Metric::kStrayMessages, {endpoint.name, Name(Nth<MessageKind>(kind))});
    }
  }
}

Metrics::~Metrics() = default;

void Metrics::CreateProbe(ProbeKind probe, const EndpointSettings& endpoint) {
  const auto name = Name(probe);
  registry_.CounterOf(Metric::kProbeAttempts, {name, endpoint.name});
  registry_.GaugeOf(Metric::kProbeLastSuccess, {name, endpoint.name});
  registry_.GaugeOf(Metric::kUnreadBytes, {name, endpoint.name});
  std::set<Stage> stages;
  for (const auto& expected : ExpectedFailures()) {
    if (expected.probe != probe || !PassesThrough(endpoint, expected.stage)) continue;
    registry_.CounterOf(Metric::kProbeFailures,
                        {name, endpoint.name, Name(expected.stage), Name(expected.reason),
                         Name(DefaultFault(expected.reason))});
    if (expected.stage != Stage::kSession) stages.insert(expected.stage);
  }
  for (const Stage stage : stages) {
    registry_.HistogramOf(Metric::kProbeDuration, {name, endpoint.name, Name(stage)});
  }
}

void Metrics::Observe(const Evidence& evidence) {
  if (first_seen_ == Time{}) first_seen_ = evidence.at;
  std::visit([&](const auto& what) { Count(what, evidence.at); }, evidence.what);
}

void Metrics::Seen(Source source, Time at) {
  Time& newest = seen_[static_cast<std::size_t>(source)];
  newest = std::max(newest, at);
}

void Metrics::Count(ProbeKind probe, EndpointId endpoint, const std::optional<Failure>& failure,
                    const StageTimes& stages) {
  if (endpoint >= endpoints_.size()) return;
  const auto name = Name(probe);
  const std::string& where = endpoints_[endpoint];
  registry_.CounterOf(Metric::kProbeAttempts, {name, where}).Increment();
  if (failure) {
    registry_
        .CounterOf(Metric::kProbeFailures,
                   {name, where, Name(failure->stage), Name(failure->reason), Name(failure->fault)})
        .Increment();
    return;
  }
  for (std::size_t i = 0; i < kStageCount; ++i) {
    if (!stages[i]) continue;
    registry_.HistogramOf(Metric::kProbeDuration, {name, where, Name(Nth<Stage>(i))})
        .Observe(Seconds(*stages[i]));
  }
}

void Metrics::SetCertificateProblems(const std::string& endpoint,
                                     const ServedCertificate& certificate) {
  const auto set = [&](std::string_view problem, bool good) {
    registry_.GaugeOf(Metric::kCertificateProblem, {endpoint, problem}).Set(good ? 0 : 1);
  };
  set("authority", certificate.trusted);
  set("name", certificate.name_ok);
}

void Metrics::SetUnread(ProbeKind probe, EndpointId endpoint, std::uint32_t bytes, Time at) {
  if (endpoint >= endpoints_.size()) return;
  registry_.GaugeOf(Metric::kUnreadBytes, {Name(probe), endpoints_[endpoint]}).Set(bytes);
  if (bytes > 0) {
    unread_at_[{probe, endpoint}] = at;
  } else {
    unread_at_.erase({probe, endpoint});
  }
}

void Metrics::Count(const Tick& tick, Time) {
  for (std::size_t i = 0; i < kSourceCount; ++i) {
    loop_late_[i]->Set(std::max(0.0, Seconds(tick.late[i])));
  }
}

void Metrics::Count(const ConnectEvidence& connect, Time at) {
  Seen(Source::kListener, at);
  Count(ProbeKind::kListener, connect.endpoint, connect.failure, connect.stages);
  if (!connect.certificate || connect.endpoint >= endpoints_.size()) return;
  const std::string& where = endpoints_[connect.endpoint];
  registry_.GaugeOf(Metric::kCertificateExpiry, {where})
      .Set(Seconds(connect.certificate->expires.time_since_epoch()));
  SetCertificateProblems(where, *connect.certificate);
}

void Metrics::Count(const RoundTripEvidence& round, Time at) {
  Seen(Source::kRoundTrip, at);
  Count(ProbeKind::kRoundTrip, round.endpoint, round.failure, round.stages);
}

void Metrics::Count(const StrayMessage& message, Time at) {
  Seen(Source::kRoundTrip, at);
  if (message.endpoint >= endpoints_.size()) return;
  registry_.CounterOf(Metric::kStrayMessages, {endpoints_[message.endpoint], Name(message.kind)})
      .Increment();
}

void Metrics::Count(const SilenceSample& sample, Time at) {
  const bool listener = sample.probe == ProbeKind::kListener;
  Seen(listener ? Source::kListener : Source::kRoundTrip, at);
  SetUnread(sample.probe, sample.endpoint, sample.unread_bytes, at);
}

void Metrics::Count(const BystanderLook&, Time at) { Seen(Source::kListener, at); }

void Metrics::Count(const LogEvent& event, Time at) {
  Seen(Source::kLog, at);
  // Said before the start and in this boot: still the newest.
  if (const auto value = ValueOf(event)) {
    registry_.GaugeOf(Metric::kLogValue, {event.rule->event, event.rule->id}).Set(*value);
  }
  // Lines from before the start happened under another agent; counting them again at each restart
  // would look like a burst.
  if (event.look_back) return;
  registry_
      .CounterOf(Metric::kLogEvents,
                 {event.rule->event, event.rule->id, Name(event.rule->severity)})
      .Increment();
}

void Metrics::Count(const LogProgress& progress, Time at) {
  Seen(Source::kLog, at);
  const auto raise = [&](Metric metric, std::uint64_t total) {
    registry_.RaiseTo(metric, static_cast<double>(total));
  };
  raise(Metric::kLogLines, progress.lines);
  raise(Metric::kLogBytes, progress.bytes);
  raise(Metric::kLogMatchedLines, progress.matched);
  raise(Metric::kLogRotations, progress.rotations);
  raise(Metric::kLogTruncations, progress.truncations);
  raise(Metric::kLogGaps, progress.gaps);
  raise(Metric::kLogGapBytes, progress.gap_bytes);
  raise(Metric::kLogCutLines, progress.cut_lines);
  raise(Metric::kLogFreedBytes, progress.freed_bytes);
  log_last_read_ = progress.last_read;
  registry_.GaugeOf(Metric::kLogFiles).Set(progress.files);
  registry_.GaugeOf(Metric::kLogLagBytes).Set(static_cast<double>(progress.lag_bytes));
  registry_.GaugeOf(Metric::kLogLagSeconds).Set(Seconds(progress.lag));
}

void Metrics::Count(const ProfileChosen& chosen, Time) {
  for (const Rule& rule : chosen.profile->rules) {
    registry_.CounterOf(Metric::kLogEvents, {rule.event, rule.id, Name(rule.severity)});
  }
}

void Metrics::Count(const Command&, Time) {}

void Metrics::Count(const ConfigurationRead& read, Time) {
  registry_.GaugeOf(Metric::kConfigSuccessful).Set(read.trouble.empty() ? 1 : 0);
  registry_.GaugeOf(Metric::kConfigSince).Set(Seconds(read.in_force_since.time_since_epoch()));
}

void Metrics::Count(const ProcessLook& look, Time) {
  registry_.GaugeOf(Metric::kBrokerVisible).Set(look.trouble.empty() ? 1 : 0);
  registry_.GaugeOf(Metric::kBrokerCpu).Set(look.cpu.value_or(0));
}

void Metrics::Publish(const Snapshot& snapshot) {
  registry_.GaugeOf(Metric::kLastUpdate).Set(UnixTime(snapshot, snapshot.at));
  if (snapshot.profile != profile_) {
    if (!profile_.empty()) {
      registry_.Remove(Metric::kProfileInfo, registry_.GaugeOf(Metric::kProfileInfo, {profile_}));
    }
    profile_ = snapshot.profile;
    if (!profile_.empty()) registry_.GaugeOf(Metric::kProfileInfo, {profile_}).Set(1);
  }
  PublishVerdicts(snapshot);
  PublishConditions(snapshot);
  PublishProbes(snapshot);
  PublishAgentFaults(snapshot);
}

void Metrics::PublishVerdicts(const Snapshot& snapshot) {
  const std::array<const Verdict*, 3> verdicts{&snapshot.startup, &snapshot.readiness,
                                               &snapshot.liveness};
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const Verdict& verdict = *verdicts[i];
    registry_.GaugeOf(Metric::kVerdict, {kVerdictNames[i]}).Set(verdict.ok ? 1 : 0);
    if (verdict.ok == verdicts_[i]) continue;
    verdicts_[i] = verdict.ok;
    registry_.CounterOf(Metric::kVerdictChanges, {kVerdictNames[i], Name(verdict.reason)})
        .Increment();
  }
  const LivenessOutlook& outlook = snapshot.outlook;
  registry_.GaugeOf(Metric::kLivenessWouldFail).Set(outlook.would_fail ? 1 : 0);
  registry_.GaugeOf(Metric::kLivenessBudgetLeft).Set(outlook.budget_left);
  registry_.GaugeOf(Metric::kLivenessSilence, {"read"}).Set(Seconds(outlook.read_silence));
  registry_.GaugeOf(Metric::kLivenessSilence, {"answer"}).Set(Seconds(outlook.answer_silence));
  registry_.GaugeOf(Metric::kDraining).Set(snapshot.drain ? 1 : 0);
  registry_.GaugeOf(Metric::kHoldLeft)
      .Set(snapshot.hold ? Seconds(snapshot.hold->until - snapshot.at) : 0);
}

void Metrics::PublishConditions(const Snapshot& snapshot) {
  auto stale = std::move(conditions_);
  conditions_.clear();
  for (const Condition& condition : snapshot.conditions) {
    const ConditionKey key{condition.type, condition.subject};
    StatusGauges gauges{};
    if (const auto known = stale.find(key); known != stale.end()) {
      gauges = known->second;
      stale.erase(known);
    } else {
      for (std::size_t i = 0; i < kStatusCount; ++i) {
        gauges[i] = &registry_.GaugeOf(
            Metric::kCondition, {Name(condition.type), condition.subject, Name(Nth<Status>(i))});
      }
    }
    for (std::size_t i = 0; i < kStatusCount; ++i) {
      gauges[i]->Set(condition.status == Nth<Status>(i) ? 1 : 0);
    }
    conditions_[key] = gauges;
  }
  for (const auto& [key, gauges] : stale) {
    for (auto* gauge : gauges) registry_.Remove(Metric::kCondition, *gauge);
  }
}

void Metrics::PublishProbes(const Snapshot& snapshot) {
  const auto publish = [&](ProbeKind probe, const std::vector<ProbeState>& states) {
    for (const ProbeState& state : states) {
      if (!state.last_success) continue;
      registry_.GaugeOf(Metric::kProbeLastSuccess, {Name(probe), state.endpoint})
          .Set(UnixTime(snapshot, *state.last_success));
    }
  };
  publish(ProbeKind::kListener, snapshot.listeners);
  publish(ProbeKind::kRoundTrip, snapshot.round_trips);

  if (log_last_read_ != Time{}) {
    registry_.GaugeOf(Metric::kLogLastRead).Set(UnixTime(snapshot, log_last_read_));
  }
  for (const Source source : {Source::kLog, Source::kListener, Source::kRoundTrip}) {
    const Time seen = seen_[static_cast<std::size_t>(source)];
    const Time since = seen != Time{} ? seen : first_seen_ != Time{} ? first_seen_ : snapshot.at;
    registry_.GaugeOf(Metric::kEvidenceAge, {Name(source)})
        .Set(std::max(0.0, Seconds(snapshot.at - since)));
  }
  const auto unread = unread_at_;
  for (const auto& [key, at] : unread) {
    if (snapshot.at - at > kSampleLife) SetUnread(key.first, key.second, 0, snapshot.at);
  }
}

void Metrics::PublishAgentFaults(const Snapshot& snapshot) {
  for (const auto& [reason, gauge] : agent_faults_) gauge->Set(0);
  for (const FailReason reason : snapshot.agent_faults) {
    auto& gauge = agent_faults_[reason];
    if (gauge == nullptr) gauge = &registry_.GaugeOf(Metric::kAgentFault, {Name(reason)});
    gauge->Set(1);
  }
}

void Metrics::SetRestarts(std::uint32_t worker) {
  registry_.RaiseTo(Metric::kWorkerRestarts, worker);
}

void Metrics::SetDropped(std::uint64_t evidence, std::uint64_t output) {
  registry_.RaiseTo(Metric::kEvidenceDropped, static_cast<double>(evidence));
  registry_.RaiseTo(Metric::kOutputDropped, static_cast<double>(output));
}

void Metrics::SetRecorded(std::uint64_t bytes, std::uint64_t dropped) {
  registry_.RaiseTo(Metric::kRecorderBytes, static_cast<double>(bytes));
  registry_.RaiseTo(Metric::kRecorderDropped, static_cast<double>(dropped));
}

std::string Metrics::Render() const { return registry_.Render(); }

}  // namespace vitals

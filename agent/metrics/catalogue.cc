#include "agent/metrics/catalogue.h"

#include <algorithm>

namespace vitals {
namespace {

constexpr auto kCounter = MetricKind::kCounter;
constexpr auto kGauge = MetricKind::kGauge;
constexpr auto kHistogram = MetricKind::kHistogram;

constexpr std::array<MetricFamily, kMetricCount> kCatalogue{{
    {Metric::kBuildInfo, "mqtt_vitals_build_info", kGauge, {"version", "compiler"}, "Always 1."},
    {Metric::kProfileInfo,
     "mqtt_vitals_profile_info",
     kGauge,
     {"profile"},
     "1 for the broker profile in use."},
    {Metric::kLastUpdate,
     "mqtt_vitals_last_update_timestamp_seconds",
     kGauge,
     {},
     "Unix time at which the judge last spoke."},
    {Metric::kVerdict,
     "mqtt_vitals_verdict",
     kGauge,
     {"verdict"},
     "1 = pass, 0 = fail, for startup, readiness and liveness."},
    {Metric::kVerdictChanges,
     "mqtt_vitals_verdict_changes_total",
     kCounter,
     {"verdict", "reason"},
     "Changes between pass and fail, by the reason of the new verdict."},
    {Metric::kCondition,
     "mqtt_vitals_condition",
     kGauge,
     {"condition", "subject", "status"},
     "1 for the status that holds, 0 for the other two."},
    {Metric::kAgentFault,
     "mqtt_vitals_agent_fault",
     kGauge,
     {"reason"},
     "1 while a fault of the agent itself stands."},
    {Metric::kLivenessWouldFail,
     "mqtt_vitals_liveness_would_fail",
     kGauge,
     {},
     "1 while enforce mode with an unspent budget would fail liveness."},
    {Metric::kLivenessSilence,
     "mqtt_vitals_liveness_silence_seconds",
     kGauge,
     {"clock"},
     "Silence of the broker: read = took or sent no byte, answer = sent none."},
    {Metric::kLivenessBudgetLeft,
     "mqtt_vitals_liveness_budget_left",
     kGauge,
     {},
     "Failures that liveness may still announce in this window."},
    {Metric::kProbeAttempts,
     "mqtt_vitals_probe_attempts_total",
     kCounter,
     {"probe", "endpoint"},
     "Results of the listener probe and rounds of the round-trip probe."},
    {Metric::kProbeFailures,
     "mqtt_vitals_probe_failures_total",
     kCounter,
     {"probe", "endpoint", "stage", "reason", "fault"},
     "Attempts that failed, by stage, reason and whose fault it is."},
    {Metric::kProbeDuration,
     "mqtt_vitals_probe_duration_seconds",
     kHistogram,
     {"probe", "endpoint", "stage"},
     "Time of each stage of attempts that succeeded."},
    {Metric::kProbeLastSuccess,
     "mqtt_vitals_probe_last_success_timestamp_seconds",
     kGauge,
     {"probe", "endpoint"},
     "Unix time of the last success, 0 = never."},
    {Metric::kStrayMessages,
     "mqtt_vitals_stray_messages_total",
     kCounter,
     {"endpoint", "kind"},
     "Messages on the probe's topic that were not the awaited one."},
    {Metric::kUnreadBytes,
     "mqtt_vitals_unread_bytes",
     kGauge,
     {"probe", "endpoint"},
     "Bytes of the agent that lie unread at the broker's end."},
    {Metric::kEvidenceAge,
     "mqtt_vitals_evidence_age_seconds",
     kGauge,
     {"source"},
     "Age of the newest evidence of a source, counted from the start of the agent until the "
     "first."},
    {Metric::kEvidenceDropped,
     "mqtt_vitals_evidence_dropped_total",
     kCounter,
     {},
     "Evidence lost because the queue was full."},
    {Metric::kLoopLate,
     "mqtt_vitals_loop_late_seconds",
     kGauge,
     {"loop"},
     "By how much a loop of the agent has overrun the moment at which it promised to be back."},
    {Metric::kLogLines,
     "mqtt_vitals_log_lines_total",
     kCounter,
     {},
     "Lines read from the broker's log."},
    {Metric::kLogBytes,
     "mqtt_vitals_log_bytes_total",
     kCounter,
     {},
     "Bytes read from the broker's log."},
    {Metric::kLogMatchedLines,
     "mqtt_vitals_log_matched_lines_total",
     kCounter,
     {},
     "Lines on which a rule fired."},
    {Metric::kLogEvents,
     "mqtt_vitals_log_events_total",
     kCounter,
     {"event", "rule", "severity"},
     "Rules that fired on new lines, by the event name of the profile."},
    {Metric::kLogLagBytes,
     "mqtt_vitals_log_lag_bytes",
     kGauge,
     {},
     "Bytes written by the broker but not read yet."},
    {Metric::kLogLagSeconds,
     "mqtt_vitals_log_lag_seconds",
     kGauge,
     {},
     "For how long the follower has been behind."},
    {Metric::kLogFiles, "mqtt_vitals_log_files", kGauge, {}, "Log files open now."},
    {Metric::kLogRotations,
     "mqtt_vitals_log_rotations_total",
     kCounter,
     {},
     "Renames and re-creations of log files."},
    {Metric::kLogTruncations,
     "mqtt_vitals_log_truncations_total",
     kCounter,
     {},
     "Truncations of log files."},
    {Metric::kLogGaps,
     "mqtt_vitals_log_gaps_total",
     kCounter,
     {},
     "Jumps ahead because the follower was too far behind."},
    {Metric::kLogGapBytes,
     "mqtt_vitals_log_gap_bytes_total",
     kCounter,
     {},
     "Bytes skipped by jumps ahead."},
    {Metric::kLogCutLines,
     "mqtt_vitals_log_cut_lines_total",
     kCounter,
     {},
     "Lines over 16 KiB, cut for matching."},
    {Metric::kLogFreedBytes,
     "mqtt_vitals_log_freed_bytes_total",
     kCounter,
     {},
     "Bytes of the log given back to the file system."},
    {Metric::kLogLastRead,
     "mqtt_vitals_log_last_read_timestamp_seconds",
     kGauge,
     {},
     "When the last bytes of the log came, 0 if never."},
    {Metric::kOutputDropped,
     "mqtt_vitals_output_dropped_total",
     kCounter,
     {},
     "Log lines of the agent dropped because stdout was blocked."},
    {Metric::kProcessCpu,
     "process_cpu_seconds_total",
     kCounter,
     {},
     "User and system time of the agent."},
    {Metric::kProcessMemory,
     "process_resident_memory_bytes",
     kGauge,
     {},
     "Resident memory of the agent."},
    {Metric::kProcessFds, "process_open_fds", kGauge, {}, "Open file descriptors of the agent."},
    {Metric::kProcessThreads, "process_threads", kGauge, {}, "Threads of the agent."},
    {Metric::kProcessStart,
     "process_start_time_seconds",
     kGauge,
     {},
     "Unix time at which the agent started."},
}};

constexpr bool InOrder() {
  for (std::size_t i = 0; i < kMetricCount; ++i) {
    if (kCatalogue[i].metric != static_cast<Metric>(i)) return false;
  }
  return true;
}
static_assert(InOrder(), "the table follows the enum");

}  // namespace

std::string_view Name(MetricKind kind) {
  switch (kind) {
    case MetricKind::kCounter:
      return "counter";
    case MetricKind::kGauge:
      return "gauge";
    case MetricKind::kHistogram:
      return "histogram";
  }
  return "";
}

std::span<const std::string_view> MetricFamily::labels() const {
  const auto used = std::find(label_names.begin(), label_names.end(), std::string_view{});
  return {label_names.begin(), used};
}

std::span<const MetricFamily, kMetricCount> MetricCatalogue() { return kCatalogue; }

}  // namespace vitals

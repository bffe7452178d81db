// Every metric family that /metrics shows: one table of name, type, labels and help. Nothing is
// exposed that is not in it, and docs/metrics.md is compared with it by a test.
//
// Constant data, any thread. Names and units follow the Prometheus naming practices (base units,
// `_total` for counters).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace vitals {

enum class Metric : std::uint8_t {
  kBuildInfo,
  kProfileInfo,
  kLastUpdate,
  kVerdict,
  kVerdictChanges,
  kCondition,
  kAgentFault,
  kLivenessWouldFail,
  kLivenessSilence,
  kLivenessBudgetLeft,
  kDraining,
  kHoldLeft,
  kProbeAttempts,
  kProbeFailures,
  kProbeDuration,
  kProbeLastSuccess,
  kStrayMessages,
  kUnreadBytes,
  kCertificateExpiry,
  kCertificateProblem,
  kEvidenceAge,
  kEvidenceDropped,
  kBrokerVisible,
  kBrokerCpu,
  kConfigSuccessful,
  kConfigSince,
  kWorkerRestarts,
  kLoopLate,
  kLogLines,
  kLogBytes,
  kLogMatchedLines,
  kLogEvents,
  kLogValue,
  kLogLagBytes,
  kLogLagSeconds,
  kLogFiles,
  kLogRotations,
  kLogTruncations,
  kLogGaps,
  kLogGapBytes,
  kLogCutLines,
  kLogFreedBytes,
  kLogLastRead,
  kOutputDropped,
  kRecorderBytes,
  kRecorderDropped,
  kProcessCpu,
  kProcessMemory,
  kProcessFds,
  kProcessThreads,
  kProcessStart,  // the last: kMetricCount counts on it
};
inline constexpr std::size_t kMetricCount = static_cast<std::size_t>(Metric::kProcessStart) + 1;

enum class MetricKind : std::uint8_t { kCounter, kGauge, kHistogram };
std::string_view Name(MetricKind kind);

struct MetricFamily {
  static constexpr std::size_t kLabelsMax = 5;

  Metric metric;
  std::string_view name;
  MetricKind kind;
  std::array<std::string_view, kLabelsMax> label_names;  // the unused ones are empty
  std::string_view help;

  std::span<const std::string_view> labels() const;
};

// In the order of the enum.
std::span<const MetricFamily, kMetricCount> MetricCatalogue();
inline const MetricFamily& Describe(Metric metric) {
  return MetricCatalogue()[static_cast<std::size_t>(metric)];
}

}  // namespace vitals

// Past: what the last hour looked like, for people. agent/history keeps and hands it out as values;
// agent/http shows it. Immutable once handed out; any thread may read it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/condition.h"
#include "agent/core/evidence.h"
#include "agent/core/profile.h"
#include "agent/core/time.h"

namespace vitals {

inline constexpr Duration kPastSpan = std::chrono::hours(1);
inline constexpr Duration kPastStep = std::chrono::seconds(5);

// Round trips of one step or of the whole span. The times are zero where no round succeeded.
struct Latency {
  std::uint32_t good = 0;
  std::uint32_t failed = 0;
  std::chrono::microseconds min{}, p50{}, p99{}, max{};  // of the good ones, by nearest rank
};

struct LatencyStep {
  Time at{};  // when the step began
  Latency latency;
};

// The round trips of one endpoint: steps oldest first, those without a round left out.
struct LatencySeries {
  std::string endpoint;
  Latency whole;
  std::vector<LatencyStep> steps;
};

// What the verdicts were from `at` until the next stretch begins; two neighbours differ.
struct VerdictStretch {
  Time at{};
  bool startup = false;
  bool readiness = false;
  bool liveness = false;
};

// Something happened: a verdict or a condition changed, a rule fired on the broker's log, or the
// agent has something to say about itself.
struct PastEvent {
  enum class Kind : std::uint8_t { kVerdict, kCondition, kBroker, kAgent };
  Time at{};
  Kind kind = Kind::kAgent;
  Severity severity = Severity::kInfo;
  std::string name;     // "readiness", "Accepting", event of a rule, "profile_chosen"
  std::string subject;  // of a condition
  std::string was;      // status before, empty where there was none
  std::string is;       // "pass", "fail"; status of a condition
  std::string reason;
  std::string message;
  std::string context;      // kBroker: the lines below its line, LF between them
  std::uint32_t times = 1;  // the same event in a row
};
inline constexpr std::size_t kPastEventKindCount = 4;
std::string_view Name(PastEvent::Kind kind);

// The newest finished connect of a listener.
struct LastConnect {
  std::string endpoint;
  Time at{};  // zero = none yet
  StageTimes stages{};
  std::optional<Failure> failure;
};

// How the agent itself does.
struct AgentHealth {
  std::array<Duration, kSourceCount> late{};
  LogProgress log;
  std::uint64_t evidence_dropped = 0;
  std::uint64_t log_lines_dropped = 0;
  Time began{};
};

struct Past {
  Time at{};  // of the newest tick; the wall time then
  WallTime wall{};
  std::vector<LatencySeries> round_trips;  // one for each round-trip endpoint
  std::vector<VerdictStretch> verdicts;    // oldest first
  std::vector<PastEvent> events;           // newest first
  std::vector<LastConnect> connects;       // one for each endpoint
  AgentHealth agent;
};

}  // namespace vitals

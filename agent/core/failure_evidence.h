// FailureEvidence: what decided that the broker must be restarted, as it stood at that moment. The
// kubelet shows only "statuscode: 503", so this goes to the log, the flight recorder and the
// termination message. All times are ages: it is read long after.
//
// Made by the judge at the edge, read by outputs; immutable, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/condition.h"
#include "agent/core/evidence.h"
#include "agent/core/failure.h"
#include "agent/core/time.h"

namespace vitals {

// What became of it.
enum class FailureOutcome : std::uint8_t {
  kFails,            // liveness fails
  kObserved,         // policy.mode is observe: liveness passes
  kBudgetExhausted,  // the kill budget is spent: liveness passes
  kHeld,             // nothing but a hold keeps it passing
};
inline constexpr std::size_t kFailureOutcomeCount = 4;
std::string_view Name(FailureOutcome outcome);

// One of our own connections that waits for the broker.
struct WaitingConnection {
  Duration age{};
  FarEnd far_end = FarEnd::kNotLooked;
  std::uint32_t unread_bytes = 0;
};

// The newest look at the connections of other clients.
struct OthersSeen {
  Duration age{};
  bool complete = false;
  std::uint32_t seen = 0;
  std::optional<Duration> read;      // when the broker last took bytes of one
  std::optional<Duration> answered;  // when it last sent some
};

// One endpoint that takes part in the verdict.
struct PathEvidence {
  std::string endpoint;
  bool reacted = false;               // in this boot
  std::optional<Duration> answered;   // when its last byte came; none = not in this boot
  std::optional<Failure> connecting;  // newest result of each probe; none = good, or none yet
  std::optional<Failure> delivering;
  std::optional<WaitingConnection> standing;  // while it is silent
  std::vector<WaitingConnection> pending;     // fresh connects, oldest first
  std::optional<OthersSeen> others;
};

struct FailureEvidence {
  FailureOutcome outcome = FailureOutcome::kFails;
  Reason reason = Reason::kOk;
  std::string message;
  Duration read_silence{};    // read clock
  Duration answer_silence{};  // answer clock
  Duration window{};          // how long what decided has to last
  int budget_left = 0;
  std::string hold;   // what holds liveness: a person, or a condition of the log; empty = nothing
  std::string fault;  // of the log, that speaks for a restart; empty = none
  std::vector<PathEvidence> paths;
};

}  // namespace vitals

// Conditions: what is known about one aspect of the broker, in the manner of Kubernetes conditions
// (type, status, reason, message, last transition), plus the age of the evidence behind it.
// Reason is the one closed list that conditions and verdicts draw from; docs/reasons.md explains
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/time.h"

namespace vitals {

enum class ConditionType : std::uint8_t {
  kStarted,     // the broker has finished its boot
  kAccepting,   // new clients get in; one per wanted endpoint
  kDelivering,  // messages come back; one per round-trip endpoint
  kStopping,    // a shutdown or a drain is under way
  kBusy,        // announced work that may hold liveness: save, replay, migration, join
  kOverloaded,  // memory or disk alarm, overload protection, evacuation
  kFaulted,     // the log reports a fault: storage, memory, listener, certificate
  kClustered,   // the cluster has the members it should have
  kObserved,    // our own evidence is alive: log followed, probes turning, our credentials good
};
inline constexpr std::size_t kConditionTypeCount = 9;
std::string_view Name(ConditionType type);
std::optional<ConditionType> FindConditionType(std::string_view name);

enum class Status : std::uint8_t { kTrue, kFalse, kUnknown };
inline constexpr std::size_t kStatusCount = 3;
std::string_view Name(Status status);

enum class Reason : std::uint8_t {
  kOk,                   // nothing is wrong
  kNoEvidence,           // nothing has been seen yet
  kBooting,              // the broker is starting
  kBootStalled,          // the boot stands still
  kAnnounced,            // the log said so
  kWorks,                // MQTT evidence proved it
  kEndpointNeverWorked,  // this endpoint never let us in, in this agent's life
  kNotAccepting,         // new clients are refused or met with silence
  kNotDelivering,        // messages do not come back
  kStandingSilent,       // the standing connection is silent, a fresh one is not
  kStopping,             // the broker announced its shutdown
  kDraining,             // a drain was asked for
  kGone,                 // every port refused and the standing connection lost
  kPortsClosed,          // ports refused, and the log said why
  kOverloaded,           // an alarm or overload protection is active
  kStorageFault,         // the log reports lost or refused writes
  kFault,                // the log reports another fault
  kHung,                 // bytes stay unread on every path
  kUnanswered,           // bytes are read, nothing is answered
  kDeliveryLost,         // clients get in, and messages do not come back
  kOthersServed,         // silence for us, but other clients are served
  kSupportsRestart,      // a fatal fault in the log, and MQTT keeps failing
  kHeld,                 // liveness held: announced work is under way
  kHeldByPerson,         // liveness held by `mqtt-vitals hold`
  kBudgetExhausted,      // would fail, but the kill budget is spent
  kObserveMode,          // would fail, but the mode is observe
  kAgentFault,           // credentials, certificate, name or limits of the agent itself
  kAgentLate,            // the agent's own loops were late: its silence proves nothing
  kLogSilent,            // no life-cycle line of this boot was seen
  kLogGap,               // part of the log was skipped or is behind
  kContradicted,         // a log line said so, newer MQTT evidence says otherwise
  kConfigInvalid,        // the configuration files have mistakes: an older one is in force
};
inline constexpr std::size_t kReasonCount = 32;
std::string_view Name(Reason reason);

// Where evidence comes from. The order is that of the loops which the agent runs.
enum class Source : std::uint8_t { kLog, kListener, kRoundTrip, kJudge };
inline constexpr std::size_t kSourceCount = 4;
std::string_view Name(Source source);

struct Condition {
  ConditionType type = ConditionType::kObserved;
  std::string subject;  // endpoint name, fault name; empty where the type has one instance
  Status status = Status::kUnknown;
  Reason reason = Reason::kNoEvidence;
  std::string message;  // the evidence in words, for people
  Time since{};         // last change of status
  Time evidence_at{};   // newest evidence behind it
  Source source = Source::kJudge;
};

}  // namespace vitals

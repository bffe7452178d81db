// Snapshot: everything the outputs may know, made anew by the judge after each piece of evidence
// that changed something and at each tick. Immutable; passed on as shared_ptr<const Snapshot>; any
// thread may read it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/asked.h"
#include "agent/core/condition.h"
#include "agent/core/failure.h"
#include "agent/core/failure_evidence.h"
#include "agent/core/process_look.h"
#include "agent/core/served_certificate.h"
#include "agent/core/time.h"

namespace vitals {

// One line of `?verbose`: a named part of a verdict.
struct Check {
  std::string name;  // "accepting/mqtt-127.0.0.1-1883"
  bool ok = false;
  Reason reason = Reason::kNoEvidence;
  std::string message;
  Time evidence_at{};
};

struct Verdict {
  bool ok = false;
  Reason reason = Reason::kNoEvidence;
  std::string message;
  Time since{};               // last change of ok
  std::vector<Check> checks;  // in a fixed order; the verdict fails if one of them does
};

struct LivenessOutlook {
  bool would_fail = false;           // what enforce mode with an unspent budget would say
  std::optional<Duration> fails_in;  // none while no clock runs
  Duration read_silence{};           // read clock
  Duration answer_silence{};         // answer clock
  int budget_left = 0;
};

// The last result of one probe on one endpoint.
struct ProbeState {
  std::string endpoint;
  bool reacted = false;                 // any byte, in this boot
  bool delivered = false;               // a message came back, in this boot
  std::optional<Failure> last_failure;  // of the newest result; none = success
  std::optional<Time> last_success;
  std::optional<ServedCertificate> certificate{};  // the one shown last; none without TLS
};

struct Snapshot {
  Time at{};
  WallTime wall{};
  std::string profile;
  double profile_confidence = 0;
  Verdict startup, readiness, liveness;
  LivenessOutlook outlook;
  // What decided it, while liveness fails or would fail. None in an agent that found it failing.
  std::shared_ptr<const FailureEvidence> failure;
  std::optional<DrainAsked> drain;
  std::optional<HoldAsked> hold;
  std::vector<Condition> conditions;
  std::vector<ProbeState> listeners;    // one for each endpoint
  std::vector<ProbeState> round_trips;  // one for each round-trip endpoint
  std::vector<FailReason> agent_faults;
  std::optional<ProcessLook> process;  // the newest; none = not looked yet
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

}  // namespace vitals

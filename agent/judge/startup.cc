#include <algorithm>

#include "agent/judge/verdicts.h"
#include "agent/judge/words.h"

namespace vitals {

std::optional<Reason> BootEnded(const State& state) {
  // MQTT proof ends a boot whatever the log says.
  if (state.all_work()) return Reason::kWorks;
  if (state.log_says_started()) return Reason::kAnnounced;
  // With a fault of our own we can't see more than that the broker answers; an answer other than
  // "unavailable" comes from a broker that is up.
  for (const Endpoint& endpoint : state.endpoints) {
    if (endpoint.blinded() && endpoint.reacted()) return Reason::kAgentFault;
  }
  // Nothing to learn the end of a boot from: after the longest boot it must be over, one way or
  // other.
  if (!state.boot.evidenced() && state.now - state.boot.began() >= state.boot_max()) {
    return Reason::kEndpointNeverWorked;
  }
  return std::nullopt;
}

Verdict DecideStartup(const State& state) {
  Verdict verdict;
  verdict.ok = state.started;
  const Duration age = state.now - state.boot.began();
  if (state.started) {
    verdict.reason = state.started_by;
    verdict.message = state.started_by == Reason::kEndpointNeverWorked
                          ? "no sign of a boot within " + Words(state.boot_max())
                          : "the broker is up";
  } else if (state.boot.evidenced() && !state.boot.by_log()) {
    verdict.reason = Reason::kGone;
    verdict.message = "every port is refused for " + Words(age);
  } else if (state.boot.phase() >= LifeCycle::kStopping) {
    verdict.reason = Reason::kStopping;
    verdict.message = "the log ends with the end of a boot";
  } else if (state.boot.by_log()) {
    verdict.reason = Reason::kBooting;
    verdict.message = "the log shows a boot, for " + Words(age);
  } else {
    verdict.reason = Reason::kNoEvidence;
    verdict.message = "no life-cycle line and no working endpoint yet, for " + Words(age);
  }
  verdict.checks.push_back(
      Check{"started", verdict.ok, verdict.reason, verdict.message, state.boot.last_line()});
  return verdict;
}

}  // namespace vitals

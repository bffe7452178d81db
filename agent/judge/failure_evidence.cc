#include "agent/judge/failure_evidence.h"

#include <algorithm>
#include <utility>

namespace vitals {
namespace {

WaitingConnection Waiting(const SilentConnection& connection, Time now) {
  return {now - connection.opened_at, connection.far_end, connection.unread_bytes};
}

std::optional<Duration> Ago(const std::optional<Time>& then, Time now) {
  return then ? std::optional(now - *then) : std::nullopt;
}

PathEvidence Describe(const Endpoint& endpoint, Time now) {
  PathEvidence path;
  path.endpoint = endpoint.settings().name;
  path.reacted = endpoint.reacted();
  path.answered = Ago(endpoint.answered_at(), now);
  path.connecting = endpoint.connect_failure();
  path.delivering = endpoint.round_failure();
  if (endpoint.standing()) path.standing = Waiting(*endpoint.standing(), now);
  for (const auto& [serial, connection] : endpoint.pending()) {
    path.pending.push_back(Waiting(connection, now));
  }
  if (const auto& look = endpoint.others()) {
    path.others = OthersSeen{now - endpoint.others_at(), look->complete, look->seen,
                             Ago(look->read_at, now), Ago(look->answered_at, now)};
  }
  return path;
}

std::string HoldWords(const State& state) {
  if (state.held()) return "a person (" + state.hold->by + "): " + state.hold->reason;
  const LogCondition* work = state.log.Holding(state.now);
  return work == nullptr ? "" : work->subject + " announced by the log";
}

}  // namespace

std::shared_ptr<const FailureEvidence> GatherEvidence(const State& state,
                                                      const LivenessFinding& finding,
                                                      FailureOutcome outcome) {
  auto evidence = std::make_shared<FailureEvidence>();
  evidence->outcome = outcome;
  evidence->reason = finding.reason;
  evidence->message = finding.Message(state);
  evidence->read_silence = state.silence.read();
  evidence->answer_silence = state.silence.answer();
  evidence->window = finding.window;
  evidence->budget_left = state.budget.Left(state.now);
  evidence->hold = HoldWords(state);
  if (const LogCondition* fault = state.log.Find(Affects::kSupportsRestart)) {
    evidence->fault = fault->subject;
  }
  for (const Endpoint& endpoint : state.endpoints) {
    if (endpoint.settings().wanted) evidence->paths.push_back(Describe(endpoint, state.now));
  }
  return evidence;
}

}  // namespace vitals

#include <algorithm>

#include "agent/judge/verdicts.h"
#include "agent/judge/why.h"
#include "agent/judge/words.h"

namespace vitals {
namespace {

// Evidence of our own that is older than this can't keep a broker ready.
constexpr Duration kObservationMax = std::chrono::seconds(30);

// A status that our own fault keeps from being judged stays as it was; if it never was, the log
// decides.
bool GoodDespiteAgentFault(const State& state, const Endpoint& endpoint, Status status) {
  if (!endpoint.agent_fault()) return false;
  return status == Status::kTrue || (status == Status::kUnknown && state.log_says_started());
}

Check AcceptingCheck(const State& state, const Endpoint& endpoint) {
  Check check{"accepting/" + endpoint.settings().name, false, Reason::kOk,
              endpoint.ConnectMessage(), endpoint.connect_at()};
  if (endpoint.accepting() == Status::kTrue) {
    check.ok = true;
  } else if (GoodDespiteAgentFault(state, endpoint, endpoint.accepting())) {
    check.ok = true;
    check.reason = Reason::kAgentFault;
  } else {
    check.reason = WhyNotAccepting(state, endpoint);
    if (check.reason == Reason::kPortsClosed) check.message = state.ports_closed()->message;
  }
  return check;
}

Check DeliveringCheck(const State& state, const Endpoint& endpoint) {
  Check check{"delivering/" + endpoint.settings().name, false, Reason::kOk, endpoint.RoundMessage(),
              endpoint.round_at()};
  if (endpoint.delivering() == Status::kTrue) {
    check.ok = true;
  } else if (GoodDespiteAgentFault(state, endpoint, endpoint.delivering())) {
    check.ok = true;
    check.reason = Reason::kAgentFault;
  } else {
    check.reason = WhyNotDelivering(endpoint);
  }
  return check;
}

Check StoppingCheck(const State& state) {
  Check check{"stopping", !state.stopping(), Reason::kOk, "no shutdown under way", state.now};
  if (check.ok) return check;
  const bool drained = state.draining();
  check.reason = drained ? Reason::kDraining : Reason::kStopping;
  check.message = drained ? "a drain was asked for " + Words(state.now - state.drain->since) +
                                " ago (" + state.drain->by + ")"
                          : "the log announced a shutdown";
  return check;
}

Check AlarmCheck(const State& state, const char* name, ConditionType type, Reason reason) {
  Check check{name, true, Reason::kOk, "none reported", state.line_at};
  const LogCondition* alarm = state.log.Find(type, Affects::kReadiness);
  if (alarm == nullptr) return check;
  check.ok = false;
  check.reason = reason;
  check.message = alarm->subject + ": " + alarm->message;
  check.evidence_at = alarm->last_line;
  return check;
}

Check FaultedCheck(const State& state) {
  Check check = AlarmCheck(state, "faulted", ConditionType::kFaulted, Reason::kFault);
  const LogCondition* storage = state.log.Find(Affects::kStorage);
  if (!check.ok || storage == nullptr) return check;
  check.ok = state.policy.storage_fault == StorageFault::kFlag;
  check.reason = Reason::kStorageFault;
  check.message = storage->subject + ": " + storage->message;
  check.evidence_at = storage->last_line;
  return check;
}

Check ObservedCheck(const State& state) {
  Check check{"observed", true, Reason::kOk, "the agent's own evidence is alive", state.now};
  const Duration late = *std::max_element(state.late.begin(), state.late.end());
  if (late > SilenceClocks::kLate) {
    check.ok = late < kObservationMax;
    check.reason = Reason::kAgentLate;
    check.message = "a loop of the agent is late by " + Words(late);
  } else if (state.any_agent_fault()) {
    check.reason = Reason::kAgentFault;
    check.message = "the agent itself is refused: see the accepting and delivering checks";
  } else if (!state.progress.trouble.empty()) {
    check.reason = Reason::kLogSilent;
    check.message = state.progress.trouble;
  } else if (!state.config_trouble.empty()) {
    check.reason = Reason::kConfigInvalid;
    check.message = state.config_trouble;
  }
  return check;
}

}  // namespace

Verdict DecideReadiness(const State& state, const Verdict& startup) {
  Verdict verdict;
  verdict.checks.reserve(startup.checks.size() + 2 * state.endpoints.size() + 4);
  verdict.checks = startup.checks;
  for (const Endpoint& endpoint : state.endpoints) {
    if (endpoint.settings().wanted) verdict.checks.push_back(AcceptingCheck(state, endpoint));
  }
  for (const Endpoint& endpoint : state.endpoints) {
    if (endpoint.settings().wanted && endpoint.settings().round_trip) {
      verdict.checks.push_back(DeliveringCheck(state, endpoint));
    }
  }
  verdict.checks.push_back(StoppingCheck(state));
  verdict.checks.push_back(
      AlarmCheck(state, "overloaded", ConditionType::kOverloaded, Reason::kOverloaded));
  verdict.checks.push_back(FaultedCheck(state));
  verdict.checks.push_back(ObservedCheck(state));

  // The first failing check names the reason, but a shutdown explains all the others.
  const auto failing = [](const Check& check) { return !check.ok; };
  auto worst = std::find_if(verdict.checks.begin(), verdict.checks.end(), failing);
  for (auto at = verdict.checks.begin(); at != verdict.checks.end(); ++at) {
    if (at->name == "stopping" && !at->ok) worst = at;
  }
  verdict.ok = worst == verdict.checks.end();
  verdict.reason = verdict.ok ? Reason::kOk : worst->reason;
  verdict.message = verdict.ok ? "every wanted endpoint lets clients in and messages come back"
                               : worst->name + ": " + worst->message;
  return verdict;
}

}  // namespace vitals

#include <algorithm>
#include <iterator>

#include "agent/judge/verdicts.h"
#include "agent/judge/why.h"
#include "agent/judge/words.h"

namespace vitals {
namespace {

// Evidence of our own that is older than this can't keep a broker ready.
constexpr Duration kObservationMax = std::chrono::seconds(30);

// A status that our own fault keeps from being judged stays as it was; if it never was, the log
// decides.
Check EndpointCheck(const State& state, std::string name, Status status, bool blinded, Reason why) {
  const bool by_log = status == Status::kUnknown && blinded && state.log_says_started();
  const bool ok = status == Status::kTrue || by_log;
  return {std::move(name), ok, !ok ? why : blinded ? Reason::kAgentFault : Reason::kOk, "", {}};
}

Check AcceptingCheck(const State& state, const Endpoint& endpoint) {
  Check check = EndpointCheck(state, "accepting/" + endpoint.settings().name, endpoint.accepting(),
                              endpoint.connects_blinded(), WhyAccepting(state, endpoint));
  check.message = check.reason == Reason::kPortsClosed ? state.ports_closed()->message
                                                       : endpoint.ConnectMessage();
  check.evidence_at = endpoint.connect_at();
  return check;
}

// Without a connect that is let in nothing can come back either.
Check DeliveringCheck(const State& state, const Endpoint& endpoint) {
  const bool blinded = endpoint.rounds_blinded() ||
                       (endpoint.connects_blinded() && endpoint.delivering() == Status::kUnknown);
  Check check = EndpointCheck(state, "delivering/" + endpoint.settings().name,
                              endpoint.delivering(), blinded, WhyDelivering(endpoint));
  check.message = endpoint.RoundMessage();
  check.evidence_at = endpoint.round_at();
  return check;
}

std::vector<Check> EndpointChecks(const State& state) {
  std::vector<Check> checks;
  checks.reserve(2 * state.endpoints.size());
  for (const Endpoint& endpoint : state.endpoints) {
    if (endpoint.settings().wanted) checks.push_back(AcceptingCheck(state, endpoint));
  }
  for (const Endpoint& endpoint : state.endpoints) {
    if (endpoint.settings().wanted && endpoint.settings().round_trip) {
      checks.push_back(DeliveringCheck(state, endpoint));
    }
  }
  return checks;
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
  std::vector<Check> endpoints = EndpointChecks(state);
  // Where the agent is refused, what it saw before is kept, and says no more than that.
  const auto blind = std::find_if(endpoints.begin(), endpoints.end(), [](const Check& check) {
    return check.reason == Reason::kAgentFault;
  });
  Verdict verdict;
  verdict.ok = true;
  verdict.reason = blind != endpoints.end() ? Reason::kAgentFault : Reason::kOk;
  verdict.message = blind != endpoints.end()
                        ? "nothing speaks against the broker, but the agent itself is kept from "
                          "looking: " +
                              blind->name + ": " + blind->message
                        : "every wanted endpoint lets clients in and messages come back";

  verdict.checks.reserve(startup.checks.size() + endpoints.size() + 4);
  verdict.checks = startup.checks;
  std::move(endpoints.begin(), endpoints.end(), std::back_inserter(verdict.checks));
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
  if (worst == verdict.checks.end()) return verdict;
  verdict.ok = false;
  verdict.reason = worst->reason;
  verdict.message = worst->name + ": " + worst->message;
  return verdict;
}

}  // namespace vitals

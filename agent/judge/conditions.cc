#include "agent/judge/verdicts.h"
#include "agent/judge/why.h"
#include "agent/judge/words.h"

namespace vitals {
namespace {

// For how long a gap in the log is shown.
constexpr Duration kGapShown = std::chrono::minutes(5);

Status ToStatus(bool value) { return value ? Status::kTrue : Status::kFalse; }

Condition Started(const State& state, const Verdict& startup) {
  Condition condition;
  condition.type = ConditionType::kStarted;
  condition.status = ToStatus(startup.ok);
  condition.reason = startup.reason;
  condition.message = startup.message;
  condition.evidence_at = state.boot.last_line();
  condition.source = state.boot.by_log() ? Source::kLog : Source::kListener;
  return condition;
}

Condition Accepting(const State& state, const Endpoint& endpoint) {
  Condition condition;
  condition.type = ConditionType::kAccepting;
  condition.subject = endpoint.settings().name;
  condition.status = endpoint.accepting();
  condition.reason = WhyAccepting(state, endpoint);
  condition.message = endpoint.ConnectMessage();
  condition.evidence_at = endpoint.connect_at();
  condition.source = Source::kListener;
  return condition;
}

Condition Delivering(const Endpoint& endpoint) {
  Condition condition;
  condition.type = ConditionType::kDelivering;
  condition.subject = endpoint.settings().name;
  condition.status = endpoint.delivering();
  condition.reason = WhyDelivering(endpoint);
  condition.message = endpoint.RoundMessage();
  condition.evidence_at = endpoint.round_at();
  condition.source = Source::kRoundTrip;
  return condition;
}

Condition Stopping(const State& state) {
  Condition condition;
  condition.type = ConditionType::kStopping;
  condition.status = ToStatus(state.stopping());
  if (state.stopping()) {
    condition.reason = state.draining() ? Reason::kDraining : Reason::kStopping;
    condition.message = state.draining() ? "a drain was asked for by " + state.drain->by
                                         : "a shutdown is under way";
  } else {
    const bool contradicted = state.boot.contradicted(state.now);
    condition.reason = contradicted ? Reason::kContradicted : Reason::kOk;
    condition.message = contradicted
                            ? "the log announced a shutdown, but everything went on working"
                            : "no shutdown under way";
  }
  condition.evidence_at = state.line_at;
  condition.source = Source::kLog;
  return condition;
}

Condition FromLog(const LogCondition& set) {
  Condition condition;
  condition.type = set.type;
  condition.subject = set.subject;
  condition.status = ToStatus(set.set);
  condition.reason = set.contradicted                   ? Reason::kContradicted
                     : !set.set                         ? Reason::kOk
                     : set.affects == Affects::kStorage ? Reason::kStorageFault
                                                        : Reason::kAnnounced;
  condition.message = set.message;
  condition.evidence_at = set.last_line;
  condition.source = Source::kLog;
  return condition;
}

Condition Observed(const State& state) {
  Condition condition;
  condition.type = ConditionType::kObserved;
  condition.source = Source::kJudge;
  condition.evidence_at = state.now;
  condition.status = Status::kTrue;
  condition.reason = Reason::kOk;
  condition.message = "log, connects and round trips are observed";
  if (state.silence.late()) {
    condition.status = Status::kFalse;
    condition.reason = Reason::kAgentLate;
    condition.message = "a loop of the agent is late: its silence proves nothing";
  } else if (state.any_agent_fault()) {
    condition.status = Status::kFalse;
    condition.reason = Reason::kAgentFault;
    for (const Endpoint& endpoint : state.endpoints) {
      if (!endpoint.blinded()) continue;
      const auto& failure =
          endpoint.connects_blinded() ? endpoint.connect_failure() : endpoint.round_failure();
      condition.message = endpoint.settings().name + ": " + std::string(Name(failure->reason)) +
                          ": check the agent's own credentials, ACL and certificates";
    }
  } else if (!state.progress.trouble.empty()) {
    condition.status = Status::kFalse;
    condition.reason = Reason::kLogSilent;
    condition.message = state.progress.trouble;
  } else if (state.progress.lag > kLogLagMatters ||
             (state.gap_at && state.now - *state.gap_at < kGapShown)) {
    condition.status = Status::kFalse;
    condition.reason = Reason::kLogGap;
    condition.message = state.progress.lag > kLogLagMatters
                            ? "the log is " + Words(state.progress.lag) + " ahead of the agent"
                            : "part of the log was skipped to catch up";
  } else if (!state.config_trouble.empty()) {
    condition.status = Status::kFalse;
    condition.reason = Reason::kConfigInvalid;
    condition.message = state.config_trouble;
  } else if (state.progress.files == 0) {
    condition.status = Status::kFalse;
    condition.reason = Reason::kLogSilent;
    condition.message = "no log file is followed: verdicts rest on MQTT alone";
  } else if (state.started && !state.boot.by_log()) {
    condition.status = Status::kFalse;
    condition.reason = Reason::kLogSilent;
    condition.message = "no life-cycle line of this boot was seen: verdicts rest on MQTT alone";
  } else if (state.boot.foreign_seen()) {
    condition.message = "a second instance of the broker gave up in the same log";
  }
  return condition;
}

}  // namespace

std::vector<Condition> DeriveConditions(const State& state, const Verdict& startup) {
  std::vector<Condition> conditions;
  conditions.reserve(2 * state.endpoints.size() + state.log.all().size() + 3);
  conditions.push_back(Started(state, startup));
  for (const Endpoint& endpoint : state.endpoints) conditions.push_back(Accepting(state, endpoint));
  for (const Endpoint& endpoint : state.endpoints) {
    if (endpoint.settings().round_trip) conditions.push_back(Delivering(endpoint));
  }
  conditions.push_back(Stopping(state));
  for (const auto& [key, set] : state.log.all()) conditions.push_back(FromLog(set));
  conditions.push_back(Observed(state));
  return conditions;
}

}  // namespace vitals

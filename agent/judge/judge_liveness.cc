// The part of the judge that remembers for liveness: latch, budget, mode, and what decided.
#include <string>

#include "agent/judge/failure_evidence.h"
#include "agent/judge/judge.h"
#include "agent/judge/verdicts.h"

namespace vitals {

Verdict Judge::DecideLiveness(const LivenessFinding& finding, LivenessOutlook& outlook) {
  outlook.read_silence = state_->silence.read();
  outlook.answer_silence = state_->silence.answer();
  outlook.fails_in = finding.fails_in;

  Verdict verdict;
  verdict.ok = true;
  verdict.reason = finding.reason;
  verdict.message = finding.Message(*state_);
  bool new_failure = false;
  if (failure_latched_) {
    const bool overruled = finding.held || state_->stopping();
    const bool over = !FailureStands(*state_, latched_.reason, reacted_since_failure_);
    if (overruled || over) {
      // Where another cause has come in the meantime, no pass lies between the two.
      failure_latched_ = new_failure = finding.fails;
      latched_ = verdict;
      reacted_since_failure_ = false;
    }
    if (over && !failure_latched_) {
      for (Endpoint& endpoint : state_->endpoints) endpoint.FailAnew(state_->now);
    }
  } else if (finding.fails && state_->proof_is_fresh()) {
    failure_latched_ = new_failure = true;
    latched_ = verdict;
    reacted_since_failure_ = false;
    failure_charged_ = settings_.policy.mode == Mode::kEnforce && state_->budget.Spend(state_->now);
  }
  outlook.would_fail = failure_latched_;
  outlook.budget_left = state_->budget.Left(state_->now);
  KeepEvidence(finding, new_failure);

  if (failure_latched_) {
    verdict = latched_;
    verdict.ok = !failure_charged_;
    if (!failure_charged_) {
      const bool observing = settings_.policy.mode == Mode::kObserve;
      verdict.message = std::string("would fail (") + std::string(Name(latched_.reason)) +
                        "): " + latched_.message;
      verdict.reason = observing ? Reason::kObserveMode : Reason::kBudgetExhausted;
    }
  }
  verdict.checks = {
      {"alive", verdict.ok, verdict.reason, verdict.message, state_->now},
      {"held", true, finding.held ? finding.reason : Reason::kOk,
       finding.held ? verdict.message : "no hold", state_->now},
      {"budget", true, outlook.budget_left > 0 ? Reason::kOk : Reason::kBudgetExhausted,
       std::to_string(outlook.budget_left) + " failures left", state_->now},
  };
  return verdict;
}

// What decided is kept as it was at the edge: it is the answer to "why was it restarted?".
void Judge::KeepEvidence(const LivenessFinding& finding, bool new_failure) {
  if (new_failure) {
    const bool observing = settings_.policy.mode == Mode::kObserve;
    failure_ = GatherEvidence(*state_, finding,
                              failure_charged_ ? FailureOutcome::kFails
                              : observing      ? FailureOutcome::kObserved
                                               : FailureOutcome::kBudgetExhausted);
  }
  if (failure_latched_) return;
  const bool held_before = failure_ && failure_->outcome == FailureOutcome::kHeld;
  const LivenessFinding evident = finding.held ? FindEvident(*state_, nullptr) : LivenessFinding{};
  if (!evident.fails || !state_->proof_is_fresh()) {
    failure_ = nullptr;
  } else if (!held_before) {
    failure_ = GatherEvidence(*state_, evident, FailureOutcome::kHeld);
  }
}

}  // namespace vitals

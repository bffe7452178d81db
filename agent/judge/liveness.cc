#include <algorithm>

#include "agent/judge/bystanders.h"
#include "agent/judge/verdicts.h"
#include "agent/judge/words.h"

namespace vitals {
namespace {

using std::chrono_literals::operator""s;

// The first of the three pending connects is opened when the silence begins; so much may be
// missing.
constexpr Duration kProofSlack = 5s;
constexpr Duration kLeastProof = 10s;
// Without a life-cycle line of this boot, or with part of the log missed, an announced stall may go
// unseen: only a longer silence counts.
constexpr Duration kBlindWindow = 120s;
// Unread fresh connects alone can't be told from a lack of descriptors where the connections of
// others can't be seen: without a standing connection among the silent, only this long a silence
// counts.
constexpr Duration kUnseenWindow = 300s;
// The client library does not tell of PINGREQ. A message to our own subscription asks the same of
// the broker, more often: take this, and send it back.
constexpr int kUnansweredRounds = 3;
constexpr Duration kNoSilenceYet = 2s;
// A fatal line explains failures that begin within this time.
constexpr Duration kFaultExplains = 120s;
// A fault line and the failures that it explains are seen by different loops.
constexpr Duration kSeenApart = 5s;

LivenessFinding Pass(Reason reason, std::string message) {
  return {false, false, reason, std::move(message), std::nullopt};
}

LivenessFinding FailNow(Reason reason, std::string message) {
  return {true, false, reason, std::move(message), Duration{}};
}

// An endpoint takes part in the proof of a hang if it is wanted, open, and has reacted in this
// boot; after a restart of the agent, a started broker that leaves our bytes unread has.
bool Armed(const State& state, const Endpoint& endpoint) {
  return endpoint.settings().wanted && !endpoint.Refused() &&
         (endpoint.reacted() || (state.log_says_started() && endpoint.unread()));
}

LivenessFinding FindBoot(const State& state) {
  const Duration age = state.now - state.boot.began();
  const Duration quiet = state.now - state.boot.last_line();
  const Duration stuck = state.now - state.boot.last_progress();
  // A boot that we only suspect (no line, no port ever open) is a question of configuration.
  if (!state.boot.evidenced() || state.any_reacted()) {
    return Pass(Reason::kBooting, "the broker has not started yet, for " + Words(age));
  }
  if (quiet >= state.policy.boot_stall) {
    return FailNow(Reason::kBootStalled, "the boot stands still: no log line for " + Words(quiet) +
                                             " and no endpoint reacts");
  }
  if (age >= state.boot_max() && stuck >= state.policy.boot_stall) {
    return FailNow(Reason::kBootStalled, "the boot takes " + Words(age) +
                                             " and has made no progress for " + Words(stuck));
  }
  LivenessFinding finding = Pass(Reason::kBooting, "the broker starts, for " + Words(age));
  finding.fails_in = state.policy.boot_stall - quiet;
  return finding;
}

std::optional<LivenessFinding> FindHung(const State& state) {
  Duration window = LivenessWindow(state);
  const Duration silent = state.silence.read();
  // What an earlier process has counted need not be proven again, but for the last seconds of it.
  const Duration proof = std::max(window - kProofSlack - state.silence.inherited(), kLeastProof);
  int armed = 0;
  bool silent_everywhere = true;
  bool proven = true;
  bool standing = false;
  for (const Endpoint& endpoint : state.endpoints) {
    if (!Armed(state, endpoint)) continue;
    ++armed;
    if (endpoint.answer_waits_at_us()) {
      return Pass(Reason::kAgentLate, "an answer of the broker waits unread in the agent");
    }
    standing = standing || endpoint.standing_worked();
    const bool shown = endpoint.unread() || endpoint.WeaklySilent();
    silent_everywhere = silent_everywhere && shown;
    proven = proven && (endpoint.ProvenUnread(state.now, proof) || endpoint.WeaklySilent());
  }
  // Between two rounds nothing moves either; and after a thaw old looks still say unread.
  if (armed == 0 || !silent_everywhere || silent < kNoSilenceYet) return std::nullopt;

  const Others others = OthersAreRead(state, silent, window);
  if (others == Others::kServed) {
    return Pass(Reason::kOthersServed, "the broker has taken no byte of ours for " + Words(silent) +
                                           ", but takes those of other clients");
  }
  if (others == Others::kUnknown && !standing) window = std::max(window, kUnseenWindow);

  LivenessFinding finding;
  finding.reason = Reason::kHung;
  finding.message = "the broker has taken no byte for " + Words(silent) + " on any of " +
                    std::to_string(armed) + " endpoint(s)";
  finding.fails_in = std::max(Duration{}, window - silent);
  finding.fails = silent >= window && proven && !state.silence.late();
  if (const LogCondition* hold = state.log.Holding(state.now)) {
    finding.fails = false;
    finding.held = true;
    finding.reason = Reason::kHeld;
    finding.message += "; held: " + hold->subject + " announced by the log";
    finding.fails_in =
        std::max(finding.fails_in.value_or(Duration{}), *hold->held_until - state.now);
  }
  return finding;
}

std::optional<LivenessFinding> FindUnanswered(const State& state) {
  // Where an alarm silences a healthy broker, or nothing is proven about it, silence that the
  // broker has read is no reason to restart it.
  const bool enforced = state.policy.on_unanswered == OnUnanswered::kAuto &&
                        state.profile->proven && !state.profile->silent_alarm;
  const auto unanswered = [](const std::optional<Failure>& failure) {
    return failure && failure->stage <= Stage::kConnack &&
           (failure->reason == FailReason::kUnanswered || failure->reason == FailReason::kTimeout);
  };
  bool everywhere = true;
  int standing = 0;
  for (const Endpoint& endpoint : state.endpoints) {
    if (!Armed(state, endpoint)) continue;
    everywhere = everywhere && unanswered(endpoint.connect_failure());
    if (!endpoint.settings().round_trip) continue;
    ++standing;
    everywhere = everywhere && endpoint.unanswered_rounds() >= kUnansweredRounds;
  }
  if (standing == 0 || !everywhere) return std::nullopt;

  const Duration silent = state.silence.answer();
  LivenessFinding finding;
  finding.reason = Reason::kUnanswered;
  finding.message = "the broker reads, and has answered nothing for " + Words(silent);
  if (!enforced) return finding;
  if (OthersAreAnswered(state, silent, state.policy.unanswered_window) == Others::kServed) {
    return Pass(Reason::kOthersServed, finding.message + ", but sends to other clients");
  }
  finding.fails_in = std::max(Duration{}, state.policy.unanswered_window - silent);
  finding.fails = silent >= state.policy.unanswered_window && !state.silence.late();
  return finding;
}

std::optional<LivenessFinding> FindLostDelivery(const State& state) {
  int paths = 0;
  int lost = 0;
  Time since{};
  for (const Endpoint& endpoint : state.endpoints) {
    if (!endpoint.settings().wanted || !endpoint.settings().round_trip) continue;
    ++paths;
    if (!endpoint.lost_since() || endpoint.accepting() != Status::kTrue) continue;
    ++lost;
    since = std::max(since, *endpoint.lost_since());
  }
  if (lost == 0) return std::nullopt;
  LivenessFinding finding;
  finding.reason = Reason::kDeliveryLost;
  finding.message = "clients get in, and no message has come back on " + std::to_string(lost) +
                    " of " + std::to_string(paths) + " paths for " + Words(state.now - since);
  // One path may be lost by a rule about our topic alone.
  if (state.policy.on_lost_delivery == OnLostDelivery::kOff || lost < 2 || lost < paths) {
    return finding;
  }
  finding.fails_in = std::max(Duration{}, state.policy.lost_delivery_window - (state.now - since));
  finding.fails = finding.fails_in == Duration{} && !state.silence.late();
  return finding;
}

std::optional<LivenessFinding> FindSupportsRestart(const State& state) {
  const LogCondition* fault = state.log.Find(Affects::kSupportsRestart);
  if (fault == nullptr || state.profile->forgeable) return std::nullopt;
  const Duration window = LivenessWindow(state);
  for (const Endpoint& endpoint : state.endpoints) {
    const auto since = endpoint.failing_since();
    if (!since || fault->first_line > *since + kSeenApart ||
        fault->last_line + kFaultExplains < *since) {
      continue;
    }
    LivenessFinding finding;
    finding.reason = Reason::kSupportsRestart;
    finding.message = "the log reports " + fault->subject + ", and " + endpoint.settings().name +
                      " fails for " + Words(state.now - *since);
    finding.fails_in = std::max(Duration{}, window - (state.now - *since));
    finding.fails = state.now - *since >= window && !state.silence.late();
    return finding;
  }
  return std::nullopt;
}

}  // namespace

Duration LivenessWindow(const State& state) {
  Duration window = std::max(state.policy.liveness_window, state.profile->longest_stall);
  if (!state.boot.by_log()) window = std::max(window, kBlindWindow);
  if (state.gap_in_silence || state.progress.lag > kLogLagMatters) {
    window = std::max({window, kBlindWindow, state.profile->longest_announced_stall});
  }
  return window;
}

LivenessFinding FindLiveness(const State& state) {
  if (state.held()) {
    LivenessFinding finding =
        Pass(Reason::kHeldByPerson, "held by a person (" + state.hold->by + ") for another " +
                                        Words(state.hold->until - state.now) + ": " +
                                        state.hold->reason);
    finding.held = true;
    return finding;
  }
  if (state.draining()) return Pass(Reason::kDraining, "a drain is under way");
  if (state.stopping()) return Pass(Reason::kStopping, "a shutdown is under way");
  if (!state.started) return FindBoot(state);
  if (auto hung = FindHung(state)) {
    // A running clock does not hide a shorter way to a failure.
    if (hung->fails || hung->held) return *hung;
    const auto other = FindSupportsRestart(state);
    return other && other->fails ? *other : *hung;
  }
  if (auto unanswered = FindUnanswered(state)) return *unanswered;
  if (auto fault = FindSupportsRestart(state)) return *fault;
  if (auto lost = FindLostDelivery(state)) return *lost;
  return Pass(Reason::kOk, "the broker moves");
}

}  // namespace vitals

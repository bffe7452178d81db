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

using Finding = LivenessFinding;

Finding Pass(Reason reason, std::string (*words)(const State&, const Finding&)) {
  return {.reason = reason, .words = words};
}

// An endpoint takes part in the proof of a hang if it is wanted, open, and has reacted in this
// boot; after a restart of the agent, a started broker that leaves our bytes unread has.
bool Armed(const State& state, const Endpoint& endpoint) {
  return endpoint.settings().wanted && !endpoint.Refused() &&
         (endpoint.reacted() || (state.log_says_started() && endpoint.unread()));
}

// Boots that end one after the other where only we see it, and the present one has not outlived all
// before it: their progress is none.
bool LoopsTooLong(const State& state) {
  const auto since = state.loop.Since(state.now, state.process.owner());
  return since && state.process.visible(state.now) && state.now - *since >= state.boot_max() &&
         state.now - state.boot.began() <= state.loop.longest();
}

Finding FindBoot(const State& state) {
  Finding finding = Pass(Reason::kBooting, [](const State&, const Finding& found) {
    return "the broker has not started yet, for " + Words(found.age);
  });
  finding.age = state.now - state.boot.began();
  finding.without_progress = state.boot.Stuck(state.silence.last_tick());
  Duration quiet = state.boot.Quiet(state.silence.last_tick());
  // Where the process can be seen it has to do nothing, too: a long replay may say nothing.
  if (state.process.visible(state.now)) {
    quiet = std::min(quiet, state.process.Idle(state.silence.last_tick()));
  }
  // A boot that we only suspect (no line, no port ever open) is a question of configuration.
  if (!state.boot.evidenced() || state.any_reacted()) return finding;
  if (quiet >= state.policy.boot_stall) {
    finding.window = state.policy.boot_stall;
    finding.words = [](const State& at, const Finding&) {
      return "the boot stands still: no log line for " +
             Words(at.boot.Quiet(at.silence.last_tick())) + " and no endpoint reacts" +
             (at.process.visible(at.now) ? ", and its process does nothing" : "");
    };
  } else if (finding.age >= state.boot_max() &&
             finding.without_progress >= state.policy.boot_stall) {
    finding.window = state.boot_max();
    finding.words = [](const State&, const Finding& found) {
      return "the boot takes " + Words(found.age) + " and has made no progress for " +
             Words(found.without_progress);
    };
  } else if (LoopsTooLong(state)) {
    finding.window = state.boot_max();
    finding.words = [](const State& at, const Finding&) {
      return std::to_string(at.loop.boots()) + " boots in a row without any reaction, for " +
             Words(at.now - *at.loop.Since(at.now, at.process.owner()));
    };
  } else {
    finding.fails_in = state.policy.boot_stall - quiet;
    return finding;
  }
  finding.fails = true;
  finding.reason = Reason::kBootStalled;
  finding.fails_in = Duration{};
  return finding;
}

std::string HungWords(const State&, const Finding& found) {
  return "the broker has taken no byte for " + Words(found.age) + " on any of " +
         std::to_string(found.paths) + " endpoint(s)";
}

std::optional<Finding> FindHung(const State& state, const LogCondition* hold) {
  Duration window = LivenessWindow(state);
  const Duration silent = state.silence.read();
  // What an earlier process has counted need not be proven again, but for the last seconds of it.
  const Duration proof = std::max(window - kProofSlack - state.silence.inherited(), kLeastProof);
  Finding finding{.reason = Reason::kHung, .words = HungWords, .age = silent};
  bool silent_everywhere = true;
  bool proven = true;
  bool standing = false;
  bool unseen = false;
  for (const Endpoint& endpoint : state.endpoints) {
    if (!Armed(state, endpoint)) continue;
    ++finding.paths;
    if (endpoint.answer_waits_at_us()) {
      return Pass(Reason::kAgentLate, [](const State&, const Finding&) {
        return std::string("an answer of the broker waits unread in the agent");
      });
    }
    standing = standing || endpoint.standing_worked();
    const bool weakly = endpoint.WeaklySilent();
    const bool shown = endpoint.ProvenUnread(state.now, proof);
    silent_everywhere = silent_everywhere && (endpoint.unread() || weakly);
    proven = proven && (shown || weakly);
    unseen = unseen || (weakly && !shown);
  }
  // Between two rounds nothing moves either; and after a thaw old looks still say unread.
  if (finding.paths == 0 || !silent_everywhere || silent < kNoSilenceYet) return std::nullopt;

  // Under an alarm such a broker reads and answers nobody, and a restart makes it worse.
  if (unseen && state.profile->silent_alarm) {
    finding.reason = Reason::kUnanswered;
    finding.words = [](const State&, const Finding& found) {
      return "the broker has been silent for " + Words(found.age) +
             "; whether it reads can't be seen, and alarms silence it too";
    };
    return finding;
  }

  const Others others = OthersAreRead(state, silent, window);
  if (others == Others::kServed) {
    finding.reason = Reason::kOthersServed;
    finding.words = [](const State&, const Finding& found) {
      return "the broker has taken no byte of ours for " + Words(found.age) +
             ", but takes those of other clients";
    };
    return finding;
  }
  if (others == Others::kUnknown && !standing) window = std::max(window, kUnseenWindow);

  finding.window = window;
  finding.fails_in = std::max(Duration{}, window - silent);
  finding.fails = silent >= window && proven && !state.silence.late();
  if (hold != nullptr) {
    finding.fails = false;
    finding.held = true;
    finding.reason = Reason::kHeld;
    finding.line = hold;
    finding.words = [](const State& at, const Finding& found) {
      return HungWords(at, found) + "; held: " + found.line->subject + " announced by the log";
    };
    finding.fails_in = std::max(*finding.fails_in, *hold->held_until - state.now);
  }
  return finding;
}

std::string UnansweredWords(const State&, const Finding& found) {
  return "the broker reads, and has answered nothing for " + Words(found.age);
}

std::optional<Finding> FindUnanswered(const State& state) {
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
  Finding finding{.reason = Reason::kUnanswered, .words = UnansweredWords, .age = silent};
  if (!enforced) return finding;
  finding.window = state.policy.unanswered_window;
  if (OthersAreAnswered(state, silent, state.policy.unanswered_window) == Others::kServed) {
    finding.reason = Reason::kOthersServed;
    finding.words = [](const State& at, const Finding& found) {
      return UnansweredWords(at, found) + ", but sends to other clients";
    };
    return finding;
  }
  finding.fails_in = std::max(Duration{}, state.policy.unanswered_window - silent);
  finding.fails = silent >= state.policy.unanswered_window && !state.silence.late();
  return finding;
}

std::optional<Finding> FindLostDelivery(const State& state) {
  Finding finding = Pass(Reason::kDeliveryLost, [](const State&, const Finding& found) {
    return "clients get in, and no message has come back on " + std::to_string(found.lost_paths) +
           " of " + std::to_string(found.paths) + " paths for " + Words(found.age);
  });
  Duration youngest = Duration::max();
  for (const Endpoint& endpoint : state.endpoints) {
    if (!endpoint.settings().wanted || !endpoint.settings().round_trip) continue;
    ++finding.paths;
    if (!endpoint.lost() || endpoint.accepting() != Status::kTrue) continue;
    ++finding.lost_paths;
    youngest = std::min(youngest, endpoint.lost()->Seen(state.silence.last_tick()));
  }
  if (finding.lost_paths == 0) return std::nullopt;
  finding.age = youngest;
  // One path may be lost by a rule about our topic alone.
  if (state.policy.on_lost_delivery == OnLostDelivery::kOff || finding.lost_paths < 2 ||
      finding.lost_paths < finding.paths) {
    return finding;
  }
  finding.window = state.policy.lost_delivery_window;
  finding.fails_in = std::max(Duration{}, finding.window - finding.age);
  finding.fails = finding.fails_in == Duration{} && !state.silence.late();
  return finding;
}

// The fatal line of the log that explains why connects to this endpoint keep failing, or null.
const LogCondition* ExplainedBy(const State& state, const Endpoint& endpoint) {
  const auto& failing = endpoint.failing();
  // At the end of a fault the newest connect is good before the last six are.
  if (!failing || !endpoint.connect_failure() || state.profile->forgeable) return nullptr;
  for (const auto& [key, fault] : state.log.all()) {
    if (fault.set && fault.affects == Affects::kSupportsRestart &&
        fault.first_line <= failing->since + kSeenApart &&
        failing->since <= fault.last_line + kFaultExplains) {
      return &fault;
    }
  }
  return nullptr;
}

std::optional<Finding> FindSupportsRestart(const State& state) {
  std::optional<Finding> longest;
  for (const Endpoint& endpoint : state.endpoints) {
    const LogCondition* fault = ExplainedBy(state, endpoint);
    if (fault == nullptr) continue;
    const Duration age = endpoint.failing()->Seen(state.silence.last_tick());
    if (longest && longest->age >= age) continue;
    longest = Pass(Reason::kSupportsRestart, [](const State&, const Finding& found) {
      return "the log reports " + found.line->subject + ", and " + found.endpoint->settings().name +
             " fails for " + Words(found.age);
    });
    longest->age = age;
    longest->line = fault;
    longest->endpoint = &endpoint;
  }
  if (!longest) return std::nullopt;
  const Duration window = LivenessWindow(state);
  longest->window = window;
  longest->fails_in = std::max(Duration{}, window - longest->age);
  longest->fails = longest->age >= window && !state.silence.late();
  return longest;
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

bool FailureStands(const State& state, Reason reason, bool reacted) {
  switch (reason) {
    // A broker that fails for these reasons answers all the time, with resets for one: only that it
    // works again is an end.
    case Reason::kSupportsRestart:
      return std::any_of(
          state.endpoints.begin(), state.endpoints.end(),
          [&](const Endpoint& endpoint) { return ExplainedBy(state, endpoint) != nullptr; });
    case Reason::kDeliveryLost: {
      const auto lost = FindLostDelivery(state);
      return lost && lost->lost_paths == lost->paths;
    }
    default:
      return !reacted;
  }
}

Finding FindLiveness(const State& state) {
  if (state.held()) {
    Finding finding = Pass(Reason::kHeldByPerson, [](const State& at, const Finding&) {
      return "held by a person (" + at.hold->by + ") for another " +
             Words(at.hold->until - at.now) + ": " + at.hold->reason;
    });
    finding.held = true;
    return finding;
  }
  return FindEvident(state, state.log.Holding(state.now));
}

Finding FindEvident(const State& state, const LogCondition* hold) {
  if (state.draining()) {
    return Pass(Reason::kDraining,
                [](const State&, const Finding&) { return std::string("a drain is under way"); });
  }
  if (state.stopping()) {
    return Pass(Reason::kStopping, [](const State&, const Finding&) {
      return std::string("a shutdown is under way");
    });
  }
  if (!state.started) return FindBoot(state);
  if (auto hung = FindHung(state, hold)) {
    // A running clock does not hide a shorter way to a failure.
    if (hung->fails || hung->held) return *hung;
    const auto other = FindSupportsRestart(state);
    return other && other->fails ? *other : *hung;
  }
  if (auto unanswered = FindUnanswered(state)) return *unanswered;
  if (auto fault = FindSupportsRestart(state)) return *fault;
  if (auto lost = FindLostDelivery(state)) return *lost;
  return Pass(Reason::kOk,
              [](const State&, const Finding&) { return std::string("the broker moves"); });
}

}  // namespace vitals

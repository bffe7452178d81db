#include "agent/judge/judge.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "agent/judge/verdicts.h"
#include "agent/judge/words.h"

namespace vitals {
namespace {

// A decision that is younger tells the same as one made now: but for ages, and those are reckoned
// by who shows them.
constexpr Duration kPause = std::chrono::milliseconds(500);

// Ticks come up to ten times a second, and looks at what is silent once a second for each
// connection.
bool OnlyTime(const Evidence& evidence) {
  return std::holds_alternative<Tick>(evidence.what) ||
         std::holds_alternative<SilenceSample>(evidence.what) ||
         std::holds_alternative<BystanderLook>(evidence.what);
}

template <typename Holds>
bool AllWanted(const State& state, Holds holds) {
  return std::all_of(state.endpoints.begin(), state.endpoints.end(),
                     [&](const Endpoint& one) { return !one.settings().wanted || holds(one); });
}

}  // namespace

Judge::Judge(const Settings& settings, std::shared_ptr<const Profile> profile, Time began)
    : settings_(settings), state_(std::make_unique<State>(settings, std::move(profile))) {
  state_->now = state_->line_at = began;
  state_->boot.BeginAt(began);
}

Judge::~Judge() = default;

SnapshotPtr Judge::Fold(const Evidence& evidence) {
  state_->now = std::max(state_->now, evidence.at);
  std::visit([&](const auto& what) { Take(what, evidence.at); }, evidence.what);
  // In the middle of a look-back the log tells of a past that its next line may end.
  const auto* event = std::get_if<LogEvent>(&evidence.what);
  if (event == nullptr || !event->look_back) UpdateStarted();
  const LivenessFinding finding = FindLiveness(*state_);
  const Turning turning = WhatMayTurn(finding);
  if (turning == turning_ && OnlyTime(evidence) && last_ && state_->now - last_->at < kPause) {
    return last_;
  }
  turning_ = turning;
  return Decide(finding);
}

Duration Judge::TickPause() const {
  constexpr Duration kSoon = std::chrono::milliseconds(100);
  constexpr Duration kSeldom = std::chrono::milliseconds(300);
  // A round is answered once a second; one that is not has begun to tell something.
  constexpr Duration kNoNews = std::chrono::milliseconds(1500);
  const bool calm = last_ && last_->startup.ok && last_->readiness.ok && last_->liveness.ok &&
                    !last_->outlook.would_fail && !state_->silence.late() &&
                    state_->silence.answer() < kNoNews;
  return calm ? kSeldom : kSoon;
}

Judge::Turning Judge::WhatMayTurn(const LivenessFinding& finding) const {
  return {.started = state_->started,
          .stopping = state_->stopping(),
          .contradicted = state_->boot.contradicted(state_->now),
          .fails = finding.fails && state_->proof_is_fresh(),
          .held = finding.held,
          .why = finding.reason,
          .late = *std::max_element(state_->late.begin(), state_->late.end()),
          .ended = state_->log.ended()};
}

void Judge::Take(const Tick& tick, Time at) {
  wall_ = tick.wall;
  state_->late = tick.late;
  if (const Duration missed = state_->silence.Advance(at, tick); missed > Duration{}) {
    state_->boot.Missed(missed, at);
    state_->process.Missed(missed, at);
    for (Endpoint& endpoint : state_->endpoints) endpoint.Missed(missed, at);
  }
  state_->log.Advance(at);
  for (Endpoint& endpoint : state_->endpoints) endpoint.Forget(at);
  CheckStopLine(at);
  CheckLogConditions(at);
}

void Judge::Take(const ConnectEvidence& connect, Time at) {
  if (connect.endpoint >= state_->endpoints.size()) return;
  const Contact contact = state_->endpoints[connect.endpoint].Fold(connect, at);
  Duration took{};
  for (const auto& stage : connect.stages) took += stage.value_or(Duration{});
  Credit(contact, at - took);
  CheckRefusals(at);
}

void Judge::Take(const RoundTripEvidence& round, Time at) {
  if (round.endpoint >= state_->endpoints.size()) return;
  // Opened anew without a word: the one before it was lost unseen. The first is nobody's successor.
  const bool reopened = round.stages[static_cast<std::size_t>(Stage::kConnack)] &&
                        state_->endpoints[round.endpoint].round_success_at();
  // Before the round is folded: what it says belongs to the boot that it may reveal.
  if ((SessionLost(round) || reopened) && state_->boot.StandingLost(at)) NewIncarnation();
  const Contact contact = state_->endpoints[round.endpoint].Fold(round, at);
  Credit(contact,
         at - round.stages[static_cast<std::size_t>(Stage::kDelivery)].value_or(Duration{}));
  CheckRefusals(at);
}

void Judge::Take(const StrayMessage& message, Time at) {
  if (message.endpoint >= state_->endpoints.size()) return;
  // When a stray message was sent is not known: it moves the clocks and ends a failure, but no
  // hold.
  Credit(state_->endpoints[message.endpoint].Fold(message, at));
}

void Judge::Take(const SilenceSample& sample, Time at) {
  if (sample.endpoint >= state_->endpoints.size()) return;
  Credit(state_->endpoints[sample.endpoint].Fold(sample, at));
}

void Judge::Take(const BystanderLook& look, Time at) {
  if (look.endpoint < state_->endpoints.size()) state_->endpoints[look.endpoint].Fold(look, at);
}

void Judge::Take(const LogEvent& told, Time at) {
  if (state_->catch_up.Known(told)) return;
  LogEvent event = told;
  event.look_back = told.look_back && !state_->catch_up.caught_up();
  state_->line_at = at;
  // Lines from before the agent's start tell of a boot that is older than all its own evidence.
  if (state_->boot.Fold(event, at) && !event.look_back) NewIncarnation();
  // A line may name clients and topics: it is shown only to who asked for it.
  const std::string message = settings_.output.broker_lines
                                  ? event.line
                                  : event.rule->event + " (rule " + event.rule->id + ")";
  state_->log.Fold(event, at, state_->any_works(), message);
  if (event.rule->listener == ListenerLine::kNone) return;
  // Only ports that we look at: what a client may write into a log shall not name conditions.
  for (const auto& [name, value] : event.captures) {
    if (name != "port") continue;
    for (const Endpoint& endpoint : state_->endpoints) {
      if (value != std::to_string(endpoint.settings().port)) continue;
      state_->log.FoldListener(event.rule->listener, "listener-" + endpoint.settings().name, at,
                               message);
    }
  }
}

void Judge::Take(const LogProgress& progress, Time at) {
  if (progress.lines > state_->progress.lines) {
    state_->line_at = at;
    state_->boot.LineSeen(at);
  }
  if (progress.gaps > state_->progress.gaps) {
    state_->gap_in_silence = true;
    state_->gap_at = at;
  }
  state_->progress = progress;
}

void Judge::Take(const ProfileChosen& chosen, Time at) {
  state_->profile_confidence = chosen.confidence;
  if (chosen.profile == state_->profile) return;
  state_->profile = chosen.profile;
  if (std::exchange(state_->resumed_profile, {}) == chosen.profile->name) {
    state_->boot.Use(*chosen.profile);
    return;
  }
  state_->boot = Boot(*chosen.profile);
  state_->boot.BeginAt(at);
  state_->log.NewBoot();
}

void Judge::Take(const Command& command, Time at) {
  switch (command.kind) {
    case Command::Kind::kDrain:
      // To ask again does not move the bound.
      if (!state_->draining()) state_->drain = {at, command.by};
      break;
    case Command::Kind::kUndrain:
      state_->drain.reset();
      break;
    case Command::Kind::kHold:
      state_->hold = {at, at + std::min(command.length, state_->policy.hold_max), command.by,
                      command.text};
      break;
    case Command::Kind::kRelease:
      state_->hold.reset();
      break;
  }
}

void Judge::Take(const ConfigurationRead& read, Time) { state_->config_trouble = read.trouble; }

void Judge::Take(const ProcessLook& look, Time at) {
  const ProcessIdentity owner = state_->process.owner();
  const ProcessView::News news = state_->process.Fold(look, at);
  if (news == ProcessView::News::kFirst) state_->boot.ProcessSeen();
  if (news != ProcessView::News::kReplaced) return;
  // A new container: what failed was the one before, whoever has told of this boot first.
  if (state_->process.owner() != owner) failure_latched_ = false;
  const Time started = at - look.age;
  if (!state_->boot.ProcessReplaced(started)) return;
  if (!AllWanted(*state_, [&](const Endpoint& one) { return one.WorkedAfter(started); })) {
    NewIncarnation();
    return;
  }
  // It was back before anybody looked: what has been seen since then is about the new one.
  state_->silence.Restart();
  state_->log.EndBefore(started);
  state_->boot.ProvenByMqtt();
  failure_latched_ = false;
}

void Judge::Credit(Contact contact, std::optional<Time> sent_at) {
  state_->silence.Fold(contact);
  if (contact == Contact::kNone) return;
  state_->gap_in_silence = false;
  if (contact == Contact::kTaken) return;
  reacted_since_failure_ = true;
  if (sent_at) state_->log.Answered(*sent_at);
}

void Judge::NewIncarnation() {
  state_->loop.Begin(state_->boot.began(), state_->any_reacted(), state_->process.owner());
  state_->started = false;
  state_->silence.Restart();
  state_->log.NewBoot();
  state_->gap_in_silence = false;
  // Another boot of a crash loop ends no failure that the loop is the cause of.
  failure_latched_ = failure_latched_ && latched_.reason == Reason::kBootStalled &&
                     state_->loop.Since(state_->now, state_->process.owner()).has_value();
  for (Endpoint& endpoint : state_->endpoints) endpoint.NewBoot();
}

void Judge::UpdateStarted() {
  if (!state_->started) {
    if (const auto ended = BootEnded(*state_)) {
      state_->started = true;
      state_->started_by = *ended;
    }
  }
  if (state_->all_work()) {
    state_->started_by = Reason::kWorks;
    state_->boot.ProvenByMqtt();
  }
}

// Every wanted port refused and the standing connection gone: this incarnation is over, unless the
// log said why the ports are closed.
void Judge::CheckRefusals(Time at) {
  if (!state_->any_reacted() || state_->ports_closed() != nullptr) return;
  int wanted = 0;
  for (const Endpoint& endpoint : state_->endpoints) {
    if (!endpoint.settings().wanted) continue;
    ++wanted;
    if (!endpoint.Refused()) return;
  }
  if (wanted > 0 && state_->boot.AllRefused(at)) NewIncarnation();
}

// A log line alone never decides: the slowest broker closes its ports within moments of its stop
// line, so one after which everything goes on working is a mistake, or text of a client.
void Judge::CheckStopLine(Time at) {
  constexpr Duration kStopTakes = std::chrono::seconds(15);
  if (state_->boot.phase() < LifeCycle::kStopping) return;
  if (AllWanted(*state_, [&](const Endpoint& endpoint) {
        return endpoint.WorkedAfter(state_->boot.stopping_since() + kStopTakes);
      })) {
    state_->boot.Contradict(at);
  }
}

void Judge::CheckLogConditions(Time at) {
  const auto worked_after = [this](Time moment) {
    return AllWanted(*state_, [&](const Endpoint& one) { return one.WorkedAfter(moment); });
  };
  const auto recovered_since = [this](Time moment) {
    return AllWanted(*state_, [&](const Endpoint& one) { return one.RecoveredSince(moment); });
  };
  state_->log.Contradict(at, state_->profile->forgeable, worked_after);
  state_->log.Recover(at, recovered_since);
}

namespace {

// A status keeps the moment of its last change while it stays the same.
void CarryOver(Verdict& verdict, const Verdict* before, Time now) {
  verdict.since = before != nullptr && before->ok == verdict.ok ? before->since : now;
}

void CarryOver(std::vector<Condition>& conditions, const Snapshot* before, Time now) {
  for (Condition& condition : conditions) {
    condition.since = now;
    if (before == nullptr) continue;
    for (const Condition& old : before->conditions) {
      if (old.type == condition.type && old.subject == condition.subject &&
          old.status == condition.status) {
        condition.since = old.since;
      }
    }
  }
}

}  // namespace

SnapshotPtr Judge::Decide(const LivenessFinding& finding) {
  auto next = std::make_shared<Snapshot>();
  next->at = state_->now;
  next->wall = wall_;
  next->profile = state_->profile->name;
  next->profile_confidence = state_->profile_confidence;
  next->startup = DecideStartup(*state_);
  next->readiness = DecideReadiness(*state_, next->startup);
  next->liveness = DecideLiveness(finding, next->outlook);
  next->failure = failure_;
  if (state_->draining()) next->drain = state_->drain;
  if (state_->held()) next->hold = state_->hold;
  next->conditions = DeriveConditions(*state_, next->startup);
  CarryOver(next->startup, last_ ? &last_->startup : nullptr, state_->now);
  CarryOver(next->readiness, last_ ? &last_->readiness : nullptr, state_->now);
  CarryOver(next->liveness, last_ ? &last_->liveness : nullptr, state_->now);
  CarryOver(next->conditions, last_.get(), state_->now);
  std::set<FailReason> faults;
  for (const Endpoint& endpoint : state_->endpoints) {
    next->listeners.push_back({endpoint.settings().name, endpoint.reacted(), endpoint.delivered(),
                               endpoint.connect_failure(), endpoint.connect_success_at(),
                               endpoint.certificate()});
    if (endpoint.settings().round_trip) {
      next->round_trips.push_back({endpoint.settings().name, endpoint.reacted(),
                                   endpoint.delivered(), endpoint.round_failure(),
                                   endpoint.round_success_at()});
    }
    for (const auto* failure : {&endpoint.connect_failure(), &endpoint.round_failure()}) {
      if (*failure && (*failure)->fault == Fault::kAgent) faults.insert((*failure)->reason);
    }
  }
  next->agent_faults.assign(faults.begin(), faults.end());
  next->process = state_->process.newest();
  last_ = std::move(next);
  return last_;
}

}  // namespace vitals

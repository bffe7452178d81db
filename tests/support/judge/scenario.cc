#include "tests/support/judge/scenario.h"

#include <algorithm>
#include <stdexcept>

namespace vitals {
namespace {

using std::chrono_literals::operator""us;

constexpr auto Index(Stage stage) { return static_cast<std::size_t>(stage); }

// What a connect or a round on this path ends in; silence is left to the caller.
std::optional<Failure> QuickFailure(Path path) {
  switch (path) {
    case Path::kRefused:
      return MakeFailure(Stage::kTcp, FailReason::kRefused);
    case Path::kReset:
      return MakeFailure(Stage::kConnack, FailReason::kReset);
    case Path::kBadPassword:
      return MakeFailure(Stage::kConnack, FailReason::kBadCredentials);
    case Path::kServerUnavailable:
      return MakeFailure(Stage::kConnack, FailReason::kServerUnavailable);
    case Path::kQuota:
      return MakeFailure(Stage::kConnack, FailReason::kQuotaExceeded);
    default:
      return std::nullopt;
  }
}

bool Silent(Path path) { return path != Path::kWorks && !QuickFailure(path); }

FarEnd FarEndOf(Path path) {
  switch (path) {
    case Path::kUnread:
      return FarEnd::kUnaccepted;
    case Path::kSynUnanswered:
      return FarEnd::kSynUnanswered;
    case Path::kUnanswered:
    case Path::kLost:
      return FarEnd::kRead;
    case Path::kBlind:
      return FarEnd::kCannotSee;
    default:
      return FarEnd::kNotLooked;
  }
}

FailReason SilenceReason(Path path) {
  switch (path) {
    case Path::kUnread:
      return FailReason::kUnread;
    case Path::kSynUnanswered:
      return FailReason::kSynUnanswered;
    case Path::kUnanswered:
      return FailReason::kUnanswered;
    case Path::kLost:
      return FailReason::kDeliveryTimeout;
    default:
      return FailReason::kTimeout;
  }
}

}  // namespace

Settings Scenario::DefaultSettings(int endpoints) {
  Settings settings;
  for (int i = 0; i < endpoints; ++i) {
    EndpointSettings endpoint;
    endpoint.name = "e" + std::to_string(i);
    endpoint.port = static_cast<std::uint16_t>(1883 + i);
    endpoint.round_trip = i == 0;
    settings.endpoints.push_back(endpoint);
  }
  return settings;
}

Scenario Scenario::Working(Settings settings, Tap tap, std::shared_ptr<Profile> profile) {
  Scenario scenario(std::move(settings), std::move(tap), std::move(profile));
  scenario.Broker(kRefused).Log("booting").Run(2s).Log("identified").Log("started");
  scenario.Broker(kWorks).Run(10s);
  if (!scenario.now().readiness.ok) throw std::logic_error(scenario.now().readiness.message);
  return scenario;
}

Scenario::Scenario(Settings settings, Tap tap, std::shared_ptr<Profile> profile)
    : tap_(std::move(tap)),
      settings_(std::make_shared<const Settings>(std::move(settings))),
      profile_(std::move(profile)),
      judge_(std::make_unique<Judge>(*settings_, profile_, now_)),
      models_(settings_->endpoints.size()) {
  for (auto& model : models_) model.next_connect = model.next_round = now_;
  Step({});
}

Scenario& Scenario::Broker(Behaviour behaviour) {
  for (std::size_t i = 0; i < models_.size(); ++i) Broker(i, behaviour);
  return *this;
}

Scenario& Scenario::Broker(std::size_t endpoint, Behaviour behaviour) {
  EndpointModel& model = models_[endpoint];
  model.behaviour = behaviour;
  // What waited is answered now, or lost with the broker.
  if (!Silent(behaviour.fresh)) {
    for (const auto& [serial, opened] : model.pending) {
      ConnectEvidence end{static_cast<EndpointId>(endpoint),
                          serial,
                          ConnectEvidence::Grade::kFinal,
                          QuickFailure(behaviour.fresh),
                          true,
                          FarEnd::kRead,
                          {}};
      Fold({now_, end});
    }
    model.pending.clear();
    model.silent_since.reset();
    model.next_connect = now_;
    model.connect_gap = {};
  } else if (!model.silent_since) {
    // The round-trip probe notices first and nudges the listener probe.
    model.next_connect = std::max(now_, model.next_round);
  }
  if (behaviour.standing != Path::kWorks && !Silent(behaviour.standing)) model.session = false;
  return *this;
}

Scenario& Scenario::Others(Bystanders others) {
  others_ = others;
  return *this;
}

void Scenario::Fold(Evidence evidence) {
  told_ = evidence.at;
  snapshot_ = judge_->Fold(evidence);
  if (tap_) tap_(evidence, snapshot_);
}

Scenario& Scenario::Log(const std::string& rule, bool look_back,
                        std::vector<std::pair<std::string, std::string>> captures) {
  return LogLine(rule, "line of " + rule, look_back, std::move(captures));
}

Scenario& Scenario::LogLine(const std::string& rule, std::string line, bool look_back,
                            std::vector<std::pair<std::string, std::string>> captures) {
  const auto found = std::find_if(profile_->rules.begin(), profile_->rules.end(),
                                  [&](const Rule& one) { return one.id == rule; });
  if (found == profile_->rules.end()) throw std::logic_error("no rule " + rule);
  Fold({now_, LogEvent{&*found, std::move(line), std::move(captures), look_back}});
  return *this;
}

Scenario& Scenario::LogGap() {
  LogProgress progress;
  progress.files = 1;
  progress.gaps = ++gaps_;
  return Progress(std::move(progress));
}

void Scenario::Connects(EndpointId id, EndpointModel& model) {
  const Path path = model.behaviour.fresh;
  // A pending connect reports its soft failure 1 s after it was opened, and where its far end reads
  // or can't be seen, its end after 10.5 s.
  for (auto at = model.pending.begin(); at != model.pending.end();) {
    const Duration age = now_ - at->second;
    const bool ends = age >= 10'500ms && (path == Path::kUnanswered || path == Path::kBlind);
    if (age == 1s || ends) {
      ConnectEvidence report{id,
                             at->first,
                             ends ? ConnectEvidence::Grade::kFinal : ConnectEvidence::Grade::kSoft,
                             MakeFailure(Stage::kConnack, SilenceReason(path)),
                             false,
                             FarEndOf(path),
                             {}};
      if (path != Path::kSynUnanswered) report.stages[Index(Stage::kTcp)] = 100us;
      Fold({now_, report});
    }
    at = ends ? model.pending.erase(at) : std::next(at);
  }
  if (now_ < model.next_connect) return;
  if (Silent(path)) {
    if (!model.silent_since) model.silent_since = now_;
    const bool unread = IsUnread(FarEndOf(path));
    if (unread ? model.pending.size() < 3 : model.pending.empty()) {
      model.pending.emplace_back(++serial_, now_);
    }
    const Duration silent = now_ - *model.silent_since;
    model.next_connect = !unread       ? now_ + 100ms
                         : silent < 5s ? *model.silent_since + 5s
                                       : *model.silent_since + 15s;
    return;
  }
  ConnectEvidence report{id,
                         ++serial_,
                         ConnectEvidence::Grade::kFinal,
                         QuickFailure(path),
                         path != Path::kRefused,
                         FarEnd::kNotLooked,
                         {}};
  if (path != Path::kRefused) report.stages[Index(Stage::kTcp)] = 100us;
  if (path == Path::kWorks) report.stages[Index(Stage::kConnack)] = 300us;
  Fold({now_, report});
  // Every 250 ms around a change, then slower up to 10 s.
  model.connect_gap = model.connect_gap == Duration{} ? 250ms
                      : model.connect_gap < 2s        ? model.connect_gap + 50ms
                                                      : Duration(10s);
  model.next_connect = now_ + model.connect_gap;
}

void Scenario::Rounds(EndpointId id, EndpointModel& model) {
  const Path path = model.behaviour.standing;
  if (path != Path::kWorks) model.good_rounds = 0;
  if (Silent(path)) {
    if (!model.round_sent) {
      if (now_ >= model.next_round) model.round_sent = now_;
      return;
    }
    // Fails at the deadline of 0.8 s, at 1.3 s, then once a second.
    const Duration age = now_ - *model.round_sent;
    const bool report = age == 800ms || age == 1300ms || (age > 2s && (age - 1300ms) % 1s == 0s);
    if (!report) return;
    RoundTripEvidence round{
        id,    ++serial_,      MakeFailure(Stage::kDelivery, SilenceReason(path)),
        false, FarEndOf(path), {}};
    if (path == Path::kUnanswered) round.failure->stage = Stage::kConnack;
    Fold({now_, round});
    return;
  }
  if (model.round_sent) model.next_round = now_;
  model.round_sent.reset();
  if (now_ < model.next_round) return;
  if (path == Path::kWorks) return GoodRound(id, model);
  Fold({now_,
        RoundTripEvidence{
            id, ++serial_, QuickFailure(path), path != Path::kRefused, FarEnd::kNotLooked, {}}});
  model.next_round = now_ + 1s;
}

void Scenario::GoodRound(EndpointId id, EndpointModel& model) {
  RoundTripEvidence round{id, ++serial_, std::nullopt, true, FarEnd::kNotLooked, {}};
  if (!model.session) round.stages[Index(Stage::kConnack)] = 11ms;
  round.stages[Index(Stage::kDelivery)] = 200us;
  model.session = true;
  Fold({now_, round});
  // Three good rounds after a failure follow each other faster.
  model.next_round = now_ + (++model.good_rounds < 3 ? 500ms : 1000ms);
}

void Scenario::Samples(EndpointId id, EndpointModel& model) {
  if (Silent(model.behaviour.fresh)) {
    for (const auto& [serial, opened] : model.pending) {
      Fold({now_, SilenceSample{id, ProbeKind::kListener, serial, opened, opened,
                                FarEndOf(model.behaviour.fresh), 18, false}});
    }
  }
  if (Silent(model.behaviour.standing) && model.round_sent && model.session) {
    Fold({now_, SilenceSample{id, ProbeKind::kRoundTrip, 1, *model.round_sent, *model.round_sent,
                              FarEndOf(model.behaviour.standing), 2, false}});
  }
}

void Scenario::Looks(EndpointId id, EndpointModel& model) {
  if (!model.silent_since) {
    model.next_look = now_ + 10s;
    return;
  }
  if (now_ < model.next_look) return;
  model.next_look = now_ + 10s;
  BystanderLook look;
  look.endpoint = id;
  look.complete = others_ != Bystanders::kHidden && model.behaviour.fresh != Path::kBlind;
  if (look.complete && others_ != Bystanders::kNone) look.seen = 1;
  if (others_ == Bystanders::kServed) look.read_at = look.answered_at = now_ - 2s;
  // Its last bytes came just after ours.
  if (others_ == Bystanders::kIdle) look.read_at = *model.silent_since + 1s;
  Fold({now_, look});
}

void Scenario::Step(Duration late) {
  Tick tick;
  tick.wall = WallTime(std::chrono::seconds(1'800'000'000)) + (now_ - Time{});
  tick.late.fill(Duration{});
  tick.late[static_cast<std::size_t>(Source::kListener)] = late;
  Fold({now_, tick});
}

// Nothing is under way that time alone, or another round like the last, could change.
bool Scenario::Calm() const {
  const auto settled = [](const EndpointModel& model) {
    return model.behaviour.fresh == Path::kWorks && model.behaviour.standing == Path::kWorks &&
           model.pending.empty() && !model.silent_since && !model.round_sent &&
           model.connect_gap == 10s;
  };
  const auto announced = [](const Condition& condition) {
    return condition.source == Source::kLog && condition.status == Status::kTrue &&
           condition.type != ConditionType::kStarted;
  };
  const Snapshot& last = *snapshot_;
  return last.readiness.ok && last.liveness.ok && last.liveness.reason == Reason::kOk &&
         !last.outlook.fails_in && std::all_of(models_.begin(), models_.end(), settled) &&
         std::none_of(last.conditions.begin(), last.conditions.end(), announced);
}

void Scenario::SkipTo(Time end) {
  // The next connect is left to the step that follows.
  for (const EndpointModel& model : models_) end = std::min(end, model.next_connect);
  const auto skipped = (end - now_) / 100ms - 1;
  if (skipped < 10) return;
  now_ += skipped * 100ms;
  steps_ += static_cast<int>(skipped);
  for (std::size_t i = 0; i < models_.size(); ++i) {
    if (!settings_->endpoints[i].round_trip) continue;
    const Time due = models_[i].next_round;
    GoodRound(static_cast<EndpointId>(i), models_[i]);
    if (due <= now_) models_[i].next_round = due + ((now_ - due) / 1s + 1) * 1s;
  }
  Step({});
}

Scenario& Scenario::Run(Duration length, Duration late) {
  const Time end = now_ + length;
  while (now_ < end) {
    // The last seconds are lived through, so that clocks and phases are those of a whole run.
    if (skips_calm_ && late == Duration{} && end - now_ > 4s && Calm()) SkipTo(end - 3s);
    now_ += 100ms;
    for (std::size_t i = 0; i < models_.size(); ++i) {
      const auto id = static_cast<EndpointId>(i);
      Connects(id, models_[i]);
      if (settings_->endpoints[i].round_trip) Rounds(id, models_[i]);
      if (steps_ % 10 == 0) Samples(id, models_[i]);
      Looks(id, models_[i]);
    }
    ++steps_;
    // By the count of steps, so that to skip some moves no tick.
    if (steps_ * 100ms % judge_->TickPause() == 0ms) Step(late);
  }
  return *this;
}

std::string Scenario::RestartAgent(Duration away, const std::function<void(std::string&)>& damage) {
  std::string saved = judge_->Save({"boot", told_ - Time{}});
  if (saved.size() > Judge::kSavedLimit) throw std::logic_error("saved text too long");
  if (damage) damage(saved);
  now_ += away;
  // As with `profile: auto`: the log tells again which broker this is.
  judge_ = std::make_unique<Judge>(*settings_, UnknownProfile(), now_);
  const auto resumed = judge_->Resume(saved, {"boot", now_ - Time{}});
  for (EndpointModel& model : models_) {
    model.next_connect = model.next_round = now_;
    model.connect_gap = {};
    model.pending.clear();
    model.silent_since.reset();
    model.round_sent.reset();
    model.session = false;
  }
  Fold({now_, ProfileChosen{profile_}});
  Step({});
  return resumed ? "" : resumed.error().ToString();
}

Duration Scenario::RunUntilReady(bool ready, Duration limit) {
  const Time start = now_;
  while (snapshot_->readiness.ok != ready && now_ - start < limit) Run(100ms);
  return now_ - start;
}

Duration Scenario::RunUntilLive(bool live, Duration limit) {
  const Time start = now_;
  while (snapshot_->liveness.ok != live && now_ - start < limit) Run(100ms);
  return now_ - start;
}

const Check& Scenario::Check_(const std::string& name) const {
  for (const Verdict* verdict : {&snapshot_->readiness, &snapshot_->liveness}) {
    for (const Check& check : verdict->checks) {
      if (check.name == name) return check;
    }
  }
  throw std::logic_error("no check " + name);
}

const Condition* Scenario::Find(ConditionType type, const std::string& subject) const {
  for (const Condition& condition : snapshot_->conditions) {
    if (condition.type == type && condition.subject == subject) return &condition;
  }
  return nullptr;
}

}  // namespace vitals

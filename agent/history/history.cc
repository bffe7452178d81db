#include "agent/history/history.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "agent/history/changes.h"

namespace vitals {
namespace {

constexpr std::size_t kMaxSeries = 8;  // round-trip endpoints; with all their times 600 KiB
constexpr std::size_t kMaxStretches = 512;

PastEvent AgentEvent(Time at, std::string name, std::string message,
                     Severity severity = Severity::kInfo) {
  PastEvent event;
  event.at = at;
  event.severity = severity;
  event.name = std::move(name);
  event.message = std::move(message);
  return event;
}

std::vector<PastEvent> Merged(const EventRing& a, const EventRing& b) {
  std::vector<PastEvent> merged;
  merged.reserve(a.events().size() + b.events().size());
  std::merge(a.events().begin(), a.events().end(), b.events().begin(), b.events().end(),
             std::back_inserter(merged),
             [](const PastEvent& x, const PastEvent& y) { return x.at > y.at; });
  return merged;
}

}  // namespace

History::History(const Settings& settings, Time began)
    : broker_lines_(settings.output.broker_lines) {
  state_.at = state_.agent.began = began;
  state_.own.Add(AgentEvent(began, "agent_started", ""));
  for (std::size_t i = 0; i < settings.endpoints.size(); ++i) {
    state_.connects.push_back({settings.endpoints[i].name, {}, {}, {}});
    if (settings.endpoints[i].round_trip && state_.series.size() < kMaxSeries) {
      state_.series.push_back({i, {}});
    }
  }
}

void History::Observe(const Evidence& evidence) {
  const std::lock_guard lock(mutex_);
  std::visit([&](const auto& what) { Note(what, evidence.at); }, evidence.what);
}

void History::Note(const Tick& tick, Time at) {
  state_.at = at;
  state_.wall = tick.wall;
  state_.agent.late = tick.late;
}

void History::Note(const ConnectEvidence& connect, Time at) {
  if (connect.endpoint >= state_.connects.size()) return;
  LastConnect& last = state_.connects[connect.endpoint];
  last.at = at;
  last.stages = connect.stages;
  last.failure = connect.failure;
}

void History::Note(const RoundTripEvidence& round, Time at) {
  for (Series& series : state_.series) {
    if (series.endpoint != round.endpoint) continue;
    const auto& delivery = round.stages[static_cast<std::size_t>(Stage::kDelivery)];
    series.steps.Add(at, round.failure ? std::nullopt : delivery);
  }
}

void History::Note(const LogEvent& event, Time at) {
  if (event.look_back) return;  // it happened before, nobody knows when
  PastEvent told =
      AgentEvent(at, event.rule->event, broker_lines_ ? event.line : "", event.rule->severity);
  told.kind = PastEvent::Kind::kBroker;
  told.reason = event.rule->id;
  state_.broker.Add(std::move(told));
}

void History::Note(const LogContext& context, Time) {
  if (context.look_back || !broker_lines_) return;
  state_.broker.AddContext(context.rule->id, context.text);
}

void History::Note(const LogProgress& progress, Time at) {
  const LogProgress& before = state_.agent.log;
  if (progress.gaps > before.gaps) {
    state_.own.Add(AgentEvent(
        at, "log_gap",
        std::to_string(progress.gap_bytes - before.gap_bytes) + " bytes of the log were skipped",
        Severity::kWarn));
  }
  if (progress.trouble != before.trouble) {
    const bool well = progress.trouble.empty();
    state_.own.Add(AgentEvent(at, well ? "log_readable" : "log_not_readable", progress.trouble,
                              well ? Severity::kInfo : Severity::kWarn));
  }
  state_.agent.log = progress;
}

void History::Note(const ProfileChosen& chosen, Time at) {
  state_.own.Add(AgentEvent(at, "profile_chosen", chosen.profile->title));
}

void History::Note(const Command& command, Time at) {
  state_.own.Add(AgentEvent(at, std::string(Name(command.kind)),
                            command.text + (command.by.empty() ? "" : " (" + command.by + ")")));
}

void History::Note(const ConfigurationRead& read, Time at) {
  if (read.trouble.empty()) return;
  state_.own.Add(AgentEvent(at, "configuration_invalid", read.trouble, Severity::kError));
}

void History::Publish(const SnapshotPtr& snapshot) {
  auto events = last_ ? Changes(*last_, *snapshot) : std::vector<PastEvent>();
  const VerdictStretch now{snapshot->at, snapshot->startup.ok, snapshot->readiness.ok,
                           snapshot->liveness.ok};
  last_ = snapshot;

  const std::lock_guard lock(mutex_);
  for (PastEvent& event : events) state_.own.Add(std::move(event));
  auto& verdicts = state_.verdicts;
  if (verdicts.empty() || verdicts.back().startup != now.startup ||
      verdicts.back().readiness != now.readiness || verdicts.back().liveness != now.liveness) {
    verdicts.push_back(now);
  }
  // The stretch that reaches into the hour from before stays.
  while (verdicts.size() > kMaxStretches ||
         (verdicts.size() > 1 && verdicts[1].at + kPastSpan <= now.at)) {
    verdicts.pop_front();
  }
}

void History::SetDropped(std::uint64_t evidence, std::uint64_t log_lines) {
  const std::lock_guard lock(mutex_);
  state_.agent.evidence_dropped = evidence;
  state_.agent.log_lines_dropped = log_lines;
}

Past History::Read() const {
  State copy = [this] {
    const std::lock_guard lock(mutex_);
    return state_;
  }();
  Past past;
  past.at = copy.at;
  past.wall = copy.wall;
  for (const Series& series : copy.series) {
    past.round_trips.push_back(
        series.steps.Summarise(copy.connects[series.endpoint].endpoint, copy.at));
  }
  past.verdicts.assign(copy.verdicts.begin(), copy.verdicts.end());
  past.events = Merged(copy.own, copy.broker);
  past.connects = std::move(copy.connects);
  past.agent = std::move(copy.agent);
  return past;
}

}  // namespace vitals

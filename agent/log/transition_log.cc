#include "agent/log/transition_log.h"

#include <type_traits>

#include "agent/core/wall_text.h"
#include "agent/log/failure_fields.h"

namespace vitals {
namespace {

LogLevel LevelOf(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return LogLevel::kDebug;
    case Severity::kInfo:
      return LogLevel::kInfo;
    case Severity::kWarn:
      return LogLevel::kWarn;
    default:
      return LogLevel::kError;
  }
}

std::string Text(std::string_view text) { return std::string(text); }

std::string SinceText(const Snapshot& snapshot, Time at) {
  return WallText(snapshot.wall - (snapshot.at - at));
}

}  // namespace

TransitionLog::TransitionLog(const OutputSettings& settings, LogWriter write)
    : broker_lines_(settings.broker_lines), write_(std::move(write)) {}

void TransitionLog::Write(std::string_view key, Time now, LogLevel level, std::string_view text,
                          Fields fields) {
  std::uint64_t left_out = 0;
  if (!limit_.Allow(key, now, &left_out)) return;
  if (left_out > 0) fields.emplace_back("left_out", left_out);
  write_(level, text, fields);
}

void TransitionLog::Observe(const Evidence& evidence) {
  std::visit(
      [&](const auto& what) {
        using What = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<What, LogEvent> || std::is_same_v<What, LogProgress> ||
                      std::is_same_v<What, ProfileChosen> || std::is_same_v<What, Command> ||
                      std::is_same_v<What, ConfigurationRead> ||
                      std::is_same_v<What, ProcessLook>) {
          Note(what, evidence.at);
        } else if constexpr (std::is_same_v<What, Tick>) {
          NoteQuietKeys(evidence.at);
        }  // the rest are polls
      },
      evidence.what);
}

void TransitionLog::Note(const LogEvent& event, Time now) {
  const Rule& rule = *event.rule;
  Fields fields{{"event", rule.event}, {"severity", Text(Name(rule.severity))}, {"rule", rule.id}};
  if (event.look_back) fields.emplace_back("look_back", true);
  if (broker_lines_) fields.emplace_back("line", event.line);
  Write("event/" + rule.id, now, LevelOf(rule.severity), "broker event", std::move(fields));
}

void TransitionLog::Note(const LogProgress& progress, Time now) {
  if (progress.trouble != trouble_) {
    trouble_ = progress.trouble;
    if (trouble_.empty()) {
      Write("log", now, LogLevel::kInfo, "broker log readable again", {});
    } else {
      Write("log", now, LogLevel::kWarn, "broker log not readable", {{"trouble", trouble_}});
    }
  }
  if (progress.gaps > gaps_) {
    gaps_ = progress.gaps;
    Write("gap", now, LogLevel::kWarn, "broker log skipped",
          {{"gaps", progress.gaps}, {"gap_bytes", progress.gap_bytes}});
  }
}

void TransitionLog::Note(const ProfileChosen& chosen, Time now) {
  Write("profile", now, LogLevel::kInfo, "profile chosen",
        {{"profile", chosen.profile->name},
         {"title", chosen.profile->title},
         {"confidence", chosen.confidence}});
}

void TransitionLog::Note(const Command& command, Time now) {
  Write("command", now, LogLevel::kInfo, "a command was given",
        {{"command", Text(Name(command.kind))},
         {"by", command.by},
         {"length_s", Seconds(command.length)},
         {"text", command.text}});
}

void TransitionLog::Note(const ConfigurationRead& read, Time now) {
  if (config_trouble_ == read.trouble) return;
  config_trouble_ = read.trouble;
  const bool good = read.trouble.empty();
  Write("configuration", now, good ? LogLevel::kInfo : LogLevel::kError,
        good ? "the configuration files are in force" : "an older configuration is in force",
        {{"trouble", read.trouble}});
}

void TransitionLog::Note(const ProcessLook& look, Time now) {
  const bool news =
      !process_ || process_->process != look.process || process_->trouble != look.trouble;
  process_ = look;
  if (!news) return;
  if (look.trouble.empty()) {
    Write("process", now, LogLevel::kInfo, "the broker's process is seen",
          {{"pid", std::int64_t{look.process.pid}}, {"age_s", Seconds(look.age)}});
  } else {
    Write("process", now, LogLevel::kInfo, "the broker's process can't be seen",
          {{"why", look.trouble}});
  }
}

void TransitionLog::NoteQuietKeys(Time now) {
  for (const auto& [key, count] : limit_.TakeLeftOut(now)) {
    write_(LogLevel::kWarn, "lines left out", {{"key", key}, {"left_out", count}});
  }
}

void TransitionLog::Publish(const Snapshot& snapshot) {
  PublishAsked(snapshot);
  PublishConditions(snapshot);
  PublishAgentFaults(snapshot);
  PublishVerdict(snapshot, 0, "startup", snapshot.startup);
  PublishVerdict(snapshot, 1, "readiness", snapshot.readiness);
  PublishVerdict(snapshot, 2, "liveness", snapshot.liveness);
  PublishFailure(snapshot);
}

// The broker is about to be killed, and this line may be all that is left of the cause.
void TransitionLog::PublishFailure(const Snapshot& snapshot) {
  if (failure_ == snapshot.failure) return;
  failure_ = snapshot.failure;
  if (!failure_) return;
  const bool fails = failure_->outcome == FailureOutcome::kFails;
  Write("failure", snapshot.at, fails ? LogLevel::kError : LogLevel::kWarn,
        "evidence against the broker", FailureFields(*failure_));
}

// Their end too, which may be that of their bound.
void TransitionLog::PublishAsked(const Snapshot& snapshot) {
  if (draining_ != snapshot.drain.has_value()) {
    draining_ = snapshot.drain.has_value();
    Write("drain", snapshot.at, LogLevel::kWarn, draining_ ? "draining" : "the drain is over",
          {{"by", draining_ ? snapshot.drain->by : ""}});
  }
  if (held_ != snapshot.hold.has_value()) {
    held_ = snapshot.hold.has_value();
    Fields fields;
    if (held_) {
      fields = {{"by", snapshot.hold->by},
                {"reason", snapshot.hold->reason},
                {"for_s", Seconds(snapshot.hold->until - snapshot.at)}};
    }
    Write("hold", snapshot.at, LogLevel::kWarn,
          held_ ? "liveness is held" : "the hold of liveness is over", std::move(fields));
  }
}

void TransitionLog::PublishVerdict(const Snapshot& snapshot, std::size_t index,
                                   std::string_view name, const Verdict& verdict) {
  if (verdicts_[index] == verdict.ok) return;
  verdicts_[index] = verdict.ok;
  Fields fields{{"verdict", Text(name)},
                {"ok", verdict.ok},
                {"reason", Text(Name(verdict.reason))},
                {"message", verdict.message},
                {"since", SinceText(snapshot, verdict.since)}};
  const bool liveness = &verdict == &snapshot.liveness;
  const auto level = verdict.ok ? LogLevel::kInfo : liveness ? LogLevel::kError : LogLevel::kWarn;
  Write("verdict/" + Text(name), snapshot.at, level, "verdict changed", std::move(fields));
}

void TransitionLog::PublishConditions(const Snapshot& snapshot) {
  auto gone = conditions_;
  for (const Condition& condition : snapshot.conditions) {
    const ConditionKey key{condition.type, condition.subject};
    gone.erase(key);
    const auto known = conditions_.find(key);
    // To appear as Unknown is no news.
    const Status was = known != conditions_.end() ? known->second : Status::kUnknown;
    conditions_[key] = condition.status;
    if (condition.status == was) continue;
    Write("condition/" + Text(Name(condition.type)) + "/" + condition.subject, snapshot.at,
          LogLevel::kInfo, "condition changed",
          {{"condition", Text(Name(condition.type))},
           {"subject", condition.subject},
           {"status", Text(Name(condition.status))},
           {"was", Text(Name(was))},
           {"reason", Text(Name(condition.reason))},
           {"message", condition.message},
           {"source", Text(Name(condition.source))}});
  }
  for (const auto& [key, was] : gone) {
    conditions_.erase(key);
    Write(
        "condition/" + Text(Name(key.first)) + "/" + key.second, snapshot.at, LogLevel::kInfo,
        "condition gone",
        {{"condition", Text(Name(key.first))}, {"subject", key.second}, {"was", Text(Name(was))}});
  }
}

void TransitionLog::PublishAgentFaults(const Snapshot& snapshot) {
  const std::set<FailReason> now(snapshot.agent_faults.begin(), snapshot.agent_faults.end());
  const auto write = [&](FailReason reason, LogLevel level, std::string_view text) {
    Write("agent_fault/" + Text(Name(reason)), snapshot.at, level, text,
          {{"reason", Text(Name(reason))}});
  };
  for (const FailReason reason : now) {
    if (!agent_faults_.contains(reason)) write(reason, LogLevel::kWarn, "agent fault raised");
  }
  for (const FailReason reason : agent_faults_) {
    if (!now.contains(reason)) write(reason, LogLevel::kInfo, "agent fault cleared");
  }
  agent_faults_ = now;
}

}  // namespace vitals

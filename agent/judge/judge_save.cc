#include <exception>

#include "agent/judge/judge.h"
#include "agent/judge/saved_values.h"

namespace vitals {
namespace {

constexpr int kVersion = 2;
// After so long without a judge a kept status tells nothing any more; the silence neither.
constexpr Duration kStatusKept = std::chrono::seconds(30);

// What the memories of endpoints hang on.
std::string EndpointsText(const Settings& settings) {
  std::string text;
  for (const EndpointSettings& one : settings.endpoints) {
    text += one.name + " " + one.scheme + " " + one.host + " " + std::to_string(one.port) +
            (one.round_trip ? " round_trip" : "") + (one.wanted ? " wanted" : "") + ";";
  }
  return text;
}

Json SavedVerdict(const Verdict& verdict, const Saving& saving) {
  return {{"ok", verdict.ok},
          {"reason", Name(verdict.reason)},
          {"message", verdict.message.substr(0, saving.longest_text)},
          {"since", Age(verdict.since, saving)}};
}

Verdict ReadVerdict(const Json& saved, const Resuming& resuming) {
  Verdict verdict;
  verdict.ok = saved.at("ok").get<bool>();
  verdict.reason = ReadName<Reason>(saved.at("reason"), kReasonCount);
  verdict.message = saved.at("message").get<std::string>();
  verdict.since = resuming.Real(saved.at("since"));
  return verdict;
}

// What was promised to people and to the kubelet, whatever else of the state is of use.
Json SavedPromises(const State& state, const MachineTime& machine, const Saving& saving) {
  Json saved{{"version", kVersion},
             {"boot_id", machine.boot_id},
             {"since_boot", Millis(machine.since_boot)},
             {"budget", state.budget.Save(state.now, machine)},
             {"drain", nullptr},
             {"hold", nullptr}};
  if (state.drain) {
    saved["drain"] = {{"since", Age(state.drain->since, saving)},
                      {"by", state.drain->by.substr(0, saving.longest_text)}};
  }
  if (state.hold) {
    saved["hold"] = {{"since", Age(state.hold->since, saving)},
                     {"until", Age(state.hold->until, saving)},
                     {"by", state.hold->by.substr(0, saving.longest_text)},
                     {"reason", state.hold->reason.substr(0, saving.longest_text)}};
  }
  return saved;
}

void ReadPromises(const Json& saved, const Resuming& resuming, const MachineTime& machine,
                  State& state) {
  state.budget.Resume(saved.at("budget"), resuming.now, machine);
  if (const Json& drain = saved.at("drain"); !drain.is_null()) {
    state.drain = {resuming.Real(drain.at("since")), drain.at("by").get<std::string>()};
  }
  if (const Json& hold = saved.at("hold"); !hold.is_null()) {
    state.hold = {resuming.Real(hold.at("since")), resuming.Real(hold.at("until")),
                  hold.at("by").get<std::string>(), hold.at("reason").get<std::string>()};
  }
}

std::string Dumped(const Json& saved) {
  return saved.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<void> Afresh(const std::string& what) {
  return Fail("the saved state of the judge " + what, {}, "the judge starts afresh");
}

}  // namespace

std::string Judge::Save(const MachineTime& machine) const {
  Saving saving{state_->now};
  const auto write = [&](bool whole) {
    Json saved = SavedPromises(*state_, machine, saving);
    saved["endpoints_hash"] = std::hash<std::string>()(EndpointsText(settings_));
    if (whole) {
      saved["profile"] = state_->profile->name;
      saved["boot"] = state_->boot.Save(saving);
      saved["loop"] = state_->loop.Save(saving);
      saved["process"] = state_->process.Save();
      saved["log"] = state_->log.Save(saving);
      saved["events"] = state_->catch_up.Save();
      saved["silence"] = state_->silence.Save();
      saved["gap_in_silence"] = state_->gap_in_silence;
      saved["started"] = state_->started;
      saved["started_by"] = Name(state_->started_by);
      saved["line"] = Age(state_->line_at, saving);
      saved["latched"] = failure_latched_ ? SavedVerdict(latched_, saving) : Json();
      saved["charged"] = failure_charged_;
      saved["reacted_since_failure"] = reacted_since_failure_;
      for (const Endpoint& one : state_->endpoints) saved["endpoints"].push_back(one.Save(saving));
      if (last_) {
        saved["verdicts"] = {SavedVerdict(last_->startup, saving),
                             SavedVerdict(last_->readiness, saving),
                             SavedVerdict(last_->liveness, saving)};
      }
    }
    return Dumped(saved);
  };
  std::string text = write(true);
  if (text.size() <= kSavedLimit) return text;
  saving.longest_text = 0;
  text = write(true);
  return text.size() <= kSavedLimit ? text : write(false);
}

std::string Judge::SavePromises(const MachineTime& machine, bool with_drain) const {
  Json saved = SavedPromises(*state_, machine, {state_->now});
  if (!with_drain) saved["drain"] = nullptr;
  return Dumped(saved);
}

Result<void> Judge::Resume(std::string_view text, const MachineTime& machine) try {
  const Json saved = Json::parse(text);
  if (saved.at("version") != kVersion) return Afresh("has another version");
  if (machine.boot_id.empty() || saved.at("boot_id") != machine.boot_id) {
    return Afresh("is from another boot of the machine");
  }
  Resuming resuming{state_->now, machine.since_boot - ReadLength(saved.at("since_boot"))};
  if (resuming.away < -std::chrono::seconds(1)) return Afresh("is from the future");
  resuming.away = std::max(resuming.away, Duration{});
  resuming.long_away = resuming.away > kStatusKept;

  ReadPromises(saved, resuming, machine, *state_);
  if (!saved.contains("endpoints_hash")) return {};  // promises alone
  if (saved.at("endpoints_hash") != std::hash<std::string>()(EndpointsText(settings_)) ||
      !saved.contains("boot")) {
    return Afresh("belongs to other endpoints");
  }
  const auto profile = saved.at("profile").get<std::string>();
  if (state_->profile != UnknownProfile() && state_->profile->name != profile) {
    return Afresh("belongs to another broker");
  }

  // All or nothing: a text that breaks in the middle leaves no half of itself behind.
  auto next = std::make_unique<State>(settings_, state_->profile);
  ReadPromises(saved, resuming, machine, *next);
  next->now = *(next->resumed_at = resuming.now);
  next->resumed_profile = profile;
  next->boot.Resume(saved.at("boot"), resuming);
  next->loop.Resume(saved.at("loop"), resuming);
  next->process.Resume(saved.at("process"));
  next->log.Resume(saved.at("log"), resuming);
  next->catch_up.Resume(saved.at("events"));
  if (!resuming.long_away) next->silence.Resume(saved.at("silence"));
  next->gap_in_silence = saved.at("gap_in_silence").get<bool>();
  next->started = saved.at("started").get<bool>();
  next->started_by = ReadName<Reason>(saved.at("started_by"), kReasonCount);
  next->line_at = resuming.Real(saved.at("line"));
  for (std::size_t i = 0; i < next->endpoints.size(); ++i) {
    next->endpoints[i].Resume(saved.at("endpoints").at(i), resuming);
  }
  const Json& failed = saved.at("latched");
  Verdict latched = failed.is_null() ? Verdict{} : ReadVerdict(failed, resuming);
  const bool charged = saved.at("charged").get<bool>();
  const bool reacted = saved.at("reacted_since_failure").get<bool>();
  auto before = std::make_shared<Snapshot>();  // the last decision, for the moments of change
  if (saved.contains("verdicts")) {
    before->startup = ReadVerdict(saved.at("verdicts").at(0), resuming);
    before->readiness = ReadVerdict(saved.at("verdicts").at(1), resuming);
    before->liveness = ReadVerdict(saved.at("verdicts").at(2), resuming);
  }

  state_ = std::move(next);
  failure_latched_ = !failed.is_null();
  latched_ = std::move(latched);
  failure_charged_ = charged;
  reacted_since_failure_ = reacted;
  last_ = std::move(before);
  return {};
} catch (const std::exception& broken) {
  return Afresh(std::string("is broken: ") + broken.what());
}

}  // namespace vitals

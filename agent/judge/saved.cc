#include "agent/judge/saved.h"

#include "agent/judge/boot.h"
#include "agent/judge/catch_up.h"
#include "agent/judge/endpoint.h"
#include "agent/judge/log_conditions.h"
#include "agent/judge/saved_values.h"
#include "agent/judge/silence.h"

namespace vitals {

Time Resuming::Lived(const Json& age) const { return now - ReadLength(age); }

Time Resuming::Real(const Json& age) const { return Lived(age) - away; }

namespace {

std::optional<SeenSpan> Lasting(const Json& length, const Resuming& resuming) {
  return length.is_null() ? std::nullopt : std::optional(SeenSpan{resuming.Lived(length)});
}

std::optional<Time> Real(const Json& age, const Resuming& resuming) {
  return age.is_null() ? std::nullopt : std::optional(resuming.Real(age));
}

}  // namespace

Json Boot::Save(const Saving& saving) const {
  Json saved{{"phase", Name(phase_)},
             {"by_log", by_log_},
             {"evidenced", evidenced_},
             {"foreign_seen", foreign_seen_},
             {"process_seen", process_seen_},
             {"began", Age(began_, saving)},
             {"last_line", Length(quiet_, saving)},
             {"last_progress", Length(stuck_, saving)},
             {"stopping_since", Age(stopping_since_, saving)},
             {"deaf_until", Age(deaf_until_, saving)}};
  if (candidate_) {
    saved["candidate"] = {{"began", Age(candidate_->began, saving)},
                          {"phase", Name(candidate_->phase)},
                          {"identified", candidate_->identified}};
  }
  return saved;
}

void Boot::Resume(const Json& saved, const Resuming& resuming) {
  phase_ = ReadName<LifeCycle>(saved.at("phase"), kLifeCycleCount);
  by_log_ = saved.at("by_log").get<bool>();
  evidenced_ = saved.at("evidenced").get<bool>();
  foreign_seen_ = saved.at("foreign_seen").get<bool>();
  process_seen_ = saved.at("process_seen").get<bool>();
  began_ = resuming.Lived(saved.at("began"));
  quiet_ = {resuming.Lived(saved.at("last_line"))};
  stuck_ = {resuming.Lived(saved.at("last_progress"))};
  stopping_since_ = resuming.Real(saved.at("stopping_since"));
  deaf_until_ = resuming.Real(saved.at("deaf_until"));
  if (saved.contains("candidate")) {
    const Json& candidate = saved.at("candidate");
    candidate_ = {resuming.Lived(candidate.at("began")),
                  ReadName<LifeCycle>(candidate.at("phase"), kLifeCycleCount),
                  candidate.at("identified").get<bool>()};
  }
  // Our standing connection ended with the process that held it.
  lost_at_ = resuming.now;
}

Json Endpoint::Save(const Saving& saving) const {
  return {{"name", settings_->name},
          {"accepting", Name(accepting_)},
          {"delivering", Name(delivering_)},
          {"delivered", delivered_},
          {"reacted", reacted_},
          {"worked_ever", worked_ever_},
          {"session_lost", session_lost_},
          {"connects", connects_.bits},
          {"connects_known", connects_.known},
          {"broken", broken_},
          {"good_rounds", good_rounds_},
          {"failed_rounds", failed_rounds_},
          {"connect_failure", SavedFailure(connect_failure_, saving)},
          {"round_failure", SavedFailure(round_failure_, saving)},
          {"connect_success", Age(connect_success_at_, saving)},
          {"round_success", Age(round_success_at_, saving)},
          {"connect", Age(connect_at_, saving)},
          {"round", Age(round_at_, saving)},
          {"failing_since", Length(failing_, saving)},
          {"unanswered_rounds", unanswered_rounds_},
          {"lost_since", Length(lost_, saving)}};
}

void Endpoint::Resume(const Json& saved, const Resuming& resuming) {
  if (saved.at("name") != settings_->name) throw std::out_of_range("another endpoint");
  delivered_ = saved.at("delivered").get<bool>();
  reacted_ = saved.at("reacted").get<bool>();
  worked_ever_ = saved.at("worked_ever").get<bool>();
  if (resuming.long_away) return;
  accepting_ = ReadName<Status>(saved.at("accepting"), kStatusCount);
  delivering_ = ReadName<Status>(saved.at("delivering"), kStatusCount);
  session_lost_ = saved.at("session_lost").get<bool>();
  connects_.bits = saved.at("connects").get<unsigned>() & kSixBits;
  connects_.known = std::clamp(saved.at("connects_known").get<int>(), 0, 6);
  broken_ = saved.value("broken", 0u) & kSixBits;
  good_rounds_ = saved.at("good_rounds").get<int>();
  failed_rounds_ = saved.at("failed_rounds").get<int>();
  connect_failure_ = ReadFailure(saved.at("connect_failure"));
  round_failure_ = ReadFailure(saved.at("round_failure"));
  connect_success_at_ = Real(saved.at("connect_success"), resuming);
  round_success_at_ = Real(saved.at("round_success"), resuming);
  connect_at_ = resuming.Real(saved.at("connect"));
  round_at_ = resuming.Real(saved.at("round"));
  failing_ = Lasting(saved.at("failing_since"), resuming);
  unanswered_rounds_ = saved.at("unanswered_rounds").get<int>();
  lost_ = Lasting(saved.at("lost_since"), resuming);
}

Json LogConditions::Save(const Saving& saving) const {
  Json saved{{"set", Json::array()}, {"ignored", Json::object()}};
  for (const auto& [rule, until] : ignored_until_) saved["ignored"][rule] = Age(until, saving);
  for (const auto& [key, one] : conditions_) {
    if (!one.set) continue;
    saved["set"].push_back(
        {{"type", Name(one.type)},
         {"subject", one.subject},
         {"affects", Name(one.affects)},
         {"since", Age(one.since, saving)},
         {"first_line", Age(one.first_line, saving)},
         {"last_line", Age(one.last_line, saving)},
         {"held_until", Age(one.held_until, saving)},
         {"after_quiet", one.after_quiet ? Json(Millis(*one.after_quiet)) : Json()},
         {"rule", one.rule},
         {"contradicted_after",
          one.contradicted_after ? Json(Millis(*one.contradicted_after)) : Json()},
         {"clears_at", Age(one.clears_at, saving)},
         {"ttl", one.ttl ? Json(Millis(*one.ttl)) : Json()},
         {"message", one.message.substr(0, saving.longest_text)},
         {"worked_before", one.worked_before}});
  }
  return saved;
}

void LogConditions::Resume(const Json& saved, const Resuming& resuming) {
  const auto length = [](const Json& value) {
    return value.is_null() ? std::nullopt : std::optional(ReadLength(value));
  };
  for (const auto& [rule, until] : saved.at("ignored").items()) {
    ignored_until_[rule] = resuming.Real(until);
  }
  for (const Json& one : saved.at("set")) {
    LogCondition condition;
    condition.type = ReadName<ConditionType>(one.at("type"), kConditionTypeCount);
    condition.subject = one.at("subject").get<std::string>();
    condition.affects = ReadName<Affects>(one.at("affects"), kAffectsCount);
    condition.set = true;
    condition.since = resuming.Real(one.at("since"));
    condition.first_line = resuming.Real(one.at("first_line"));
    condition.last_line = resuming.Real(one.at("last_line"));
    condition.held_until = Real(one.at("held_until"), resuming);
    condition.rule = one.at("rule").get<std::string>();
    condition.contradicted_after = length(one.at("contradicted_after"));
    condition.clears_at = Real(one.at("clears_at"), resuming);
    condition.after_quiet = length(one.at("after_quiet"));
    condition.ttl = length(one.at("ttl"));
    condition.message = one.at("message").get<std::string>();
    condition.worked_before = one.at("worked_before").get<bool>();
    conditions_[{condition.type, condition.subject}] = std::move(condition);
  }
}

Json CatchUp::Save() const { return {{"newest", newest_}, {"boot", boot_}}; }

void CatchUp::Resume(const Json& saved) {
  newest_ = saved.at("newest").get<std::uint64_t>();
  boot_ = saved.at("boot").get<std::uint64_t>();
  resumed_ = searching_ = newest_ != 0;
}

Json SilenceClocks::Save() const { return {{"read", Millis(read_)}, {"answer", Millis(answer_)}}; }

void SilenceClocks::Resume(const Json& saved) {
  read_ = inherited_ = ReadLength(saved.at("read"));
  answer_ = ReadLength(saved.at("answer"));
}

Json KillBudget::Save(Time now, const MachineTime& machine) const {
  Json saved = Json::array();
  for (const Time at : spent_) saved.push_back(Millis(machine.since_boot - (now - at)));
  return saved;
}

void KillBudget::Resume(const Json& saved, Time now, const MachineTime& machine) {
  spent_.clear();
  for (const Json& stamp : saved) {
    spent_.push_back(now - (machine.since_boot - ReadLength(stamp)));
  }
}

}  // namespace vitals

#include "agent/log/failure_fields.h"

namespace vitals {
namespace {

void AddText(Fields& fields, std::string_view key, const std::string& text) {
  if (!text.empty()) fields.emplace_back(key, text);
}

void AddSpan(Fields& fields, std::string_view key, const std::optional<Duration>& span) {
  if (span) fields.emplace_back(key, Seconds(*span));
}

void AddFailure(Fields& fields, std::string_view key, const std::optional<Failure>& failure) {
  if (!failure) return;
  fields.emplace_back(key,
                      std::string(Name(failure->stage)).append(" ").append(Name(failure->reason)));
}

FieldGroup Group(const WaitingConnection& connection) {
  return {{{"age_s", Seconds(connection.age)},
           {"far_end", std::string(Name(connection.far_end))},
           {"unread_bytes", std::uint64_t{connection.unread_bytes}}}};
}

FieldGroup Group(const OthersSeen& others) {
  FieldGroup group{{{"age_s", Seconds(others.age)},
                    {"complete", others.complete},
                    {"seen", std::uint64_t{others.seen}}}};
  AddSpan(group.fields, "read_ago_s", others.read);
  AddSpan(group.fields, "answered_ago_s", others.answered);
  return group;
}

FieldGroup Group(const PathEvidence& path) {
  FieldGroup group{{{"endpoint", path.endpoint}, {"reacted", path.reacted}}};
  AddSpan(group.fields, "answered_ago_s", path.answered);
  AddFailure(group.fields, "connecting", path.connecting);
  AddFailure(group.fields, "delivering", path.delivering);
  const auto list = [&](std::string_view key, std::vector<FieldGroup> groups) {
    if (!groups.empty()) group.fields.emplace_back(key, std::move(groups));
  };
  std::vector<FieldGroup> pending;
  for (const WaitingConnection& one : path.pending) pending.push_back(Group(one));
  if (path.standing) list("standing", {Group(*path.standing)});
  list("pending", std::move(pending));
  if (path.others) list("others", {Group(*path.others)});
  return group;
}

}  // namespace

Fields FailureFields(const FailureEvidence& evidence) {
  Fields fields{{"outcome", std::string(Name(evidence.outcome))},
                {"reason", std::string(Name(evidence.reason))},
                {"message", evidence.message},
                {"read_silence_s", Seconds(evidence.read_silence)},
                {"answer_silence_s", Seconds(evidence.answer_silence)},
                {"window_s", Seconds(evidence.window)},
                {"budget_left", std::int64_t{evidence.budget_left}}};
  AddText(fields, "hold", evidence.hold);
  AddText(fields, "log_fault", evidence.fault);
  std::vector<FieldGroup> paths;
  for (const PathEvidence& path : evidence.paths) paths.push_back(Group(path));
  fields.emplace_back("endpoints", std::move(paths));
  return fields;
}

}  // namespace vitals

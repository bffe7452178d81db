#include "agent/rules_report.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <ostream>

namespace vitals {
namespace {

using Json = nlohmann::ordered_json;

// Longer lines are cut for showing.
constexpr std::size_t kShown = 300;

void PrintLine(std::ostream& out, const Json& json) {
  out << json.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
}

std::string Printable(std::string_view text) {
  std::string shown;
  for (const char c : text.substr(0, kShown)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      shown += c;
    } else {
      char escaped[5];
      std::snprintf(escaped, sizeof escaped, "\\x%02x", byte);
      shown += escaped;
    }
  }
  if (text.size() > kShown) shown += "...";
  return shown;
}

std::string Key(ConditionType type, const std::string& subject) {
  return subject.empty() ? std::string(Name(type)) : std::string(Name(type)) + "/" + subject;
}

const char* State(const RulesSession& session, const Effect& effect) {
  return session.IsSet(effect) ? "set" : "clear";
}

Json JsonEvent(const RulesSession& session, const LinePlace& place, const Matcher::Hit& hit) {
  const Rule& rule = *hit.rule;
  Json json = {{"type", "event"},      {"file", place.file},  {"line", place.number},
               {"rule", rule.id},      {"event", rule.event}, {"severity", Name(rule.severity)},
               {"condition", nullptr}, {"state", nullptr}};
  if (!rule.effects.empty()) {
    const Effect& first = rule.effects.front();
    json["condition"] = Key(first.condition, first.subject);
    json["state"] = State(session, first);
  }
  if (rule.effects.size() > 1) {
    for (const Effect& effect : rule.effects) {
      json["effects"].push_back({{"condition", Key(effect.condition, effect.subject)},
                                 {"state", State(session, effect)}});
    }
  }
  if (rule.life_cycle != LifeCycle::kNone) json["life_cycle"] = Name(rule.life_cycle);
  for (const auto& [name, text] : hit.captures) json["captures"][name] = text;
  return json;
}

void PrintTextEvent(std::ostream& out, const RulesSession& session, const LinePlace& place,
                    std::string_view line, const Matcher::Hit& hit) {
  const Rule& rule = *hit.rule;
  out << place.ToString() << ": " << rule.event << " (" << Name(rule.severity) << ", rule "
      << rule.id << ")\n    " << Printable(line) << '\n';
  if (rule.life_cycle != LifeCycle::kNone) {
    out << "    says " << Name(rule.life_cycle) << "; the boot is " << Name(session.stage())
        << '\n';
  }
  for (const Effect& effect : rule.effects) {
    out << "    " << (effect.kind == Effect::Kind::kSet ? "sets " : "clears ")
        << Key(effect.condition, effect.subject);
    if (rule.count > 1) out << " at line " << rule.count;
    if (effect.kind == Effect::Kind::kSet) out << ", affects " << Name(effect.affects);
    out << ": now " << State(session, effect) << '\n';
  }
  for (const auto& [name, text] : hit.captures) {
    out << "    " << name << " = " << Printable(text) << '\n';
  }
}

void PrintJsonSummary(std::ostream& out, RulesSession& session, const RulesTotals& totals) {
  Json conditions = Json::array();
  for (const LogCondition& condition : session.Conditions()) {
    conditions.push_back({{"condition", Key(condition.type, condition.subject)},
                          {"affects", Name(condition.affects)},
                          {"message", condition.message}});
  }
  PrintLine(out, {{"type", "summary"},
                  {"profile", session.profile().name},
                  {"confidence", totals.confidence},
                  {"lines", session.lines()},
                  {"bytes", totals.bytes},
                  {"matched", session.matched()},
                  {"unmatched_warnings", session.unmatched_warnings()},
                  {"rules_never_hit", session.RulesNeverHit()},
                  {"stage", Name(session.stage())},
                  {"conditions", conditions},
                  {"cut_lines", totals.cut_lines},
                  {"unmatched_examples", session.examples()}});
}

void PrintTextSummary(std::ostream& out, RulesSession& session, const RulesTotals& totals) {
  const std::vector<std::string> never = session.RulesNeverHit();
  const std::size_t rules = session.profile().rules.size();
  char percent[16];
  std::snprintf(percent, sizeof percent, "%.0f%%", 100 * totals.confidence);
  out << "profile " << session.profile().name << " (confidence " << percent << ")\n"
      << session.lines() << " lines, " << totals.bytes << " bytes; " << session.matched()
      << " lines matched; " << totals.cut_lines << " cut\n"
      << "stage: " << Name(session.stage()) << '\n';
  for (const LogCondition& condition : session.Conditions()) {
    out << "condition " << Key(condition.type, condition.subject) << " is set, affects "
        << Name(condition.affects) << ": " << Printable(condition.message) << '\n';
  }
  out << rules - never.size() << " of " << rules << " rules hit";
  for (std::size_t i = 0; i < never.size(); ++i) out << (i == 0 ? "; never: " : ", ") << never[i];
  out << '\n' << session.unmatched_warnings() << " warnings or worse that no rule matched\n";
  for (const std::string& example : session.examples()) out << "    " << Printable(example) << '\n';
  if (session.unmatched_warnings() > session.examples().size()) out << "    ...\n";
}

}  // namespace

void EventPrinter::Event(const RulesSession& session, const LinePlace& place, std::string_view line,
                         const Matcher::Hit& hit) {
  if (json_) {
    held_.push_back(JsonEvent(session, place, hit));
  } else {
    PrintTextEvent(out_, session, place, line, hit);
  }
}

void EventPrinter::Context(std::string_view line) {
  if (!json_) {
    out_ << "    | " << Printable(line) << '\n';
  } else if (!line.empty()) {
    if (!context_.empty()) context_ += '\n';
    context_ += line;
  }
}

void EventPrinter::EndEntry() {
  for (nlohmann::ordered_json& event : held_) {
    if (!context_.empty()) event["context"] = context_;
    PrintLine(out_, event);
  }
  held_.clear();
  context_.clear();
}

void PrintSummary(std::ostream& out, bool json, RulesSession& session, const RulesTotals& totals) {
  if (json) return PrintJsonSummary(out, session, totals);
  PrintTextSummary(out, session, totals);
}

}  // namespace vitals

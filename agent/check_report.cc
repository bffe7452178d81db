#include "agent/check_report.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "agent/core/wall_text.h"

namespace vitals {
namespace {

using Json = nlohmann::ordered_json;

std::string Format(const char* format, double value) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string Milliseconds(Duration d) { return Format("%.2f ms", Seconds(d) * 1e3); }

// The connect's stages, then those that only the standing connection has.
std::optional<Duration> TimeOf(const Checked& checked, std::size_t stage) {
  if (checked.connect.stages[stage]) return checked.connect.stages[stage];
  return checked.round_trip ? checked.round_trip->stages[stage] : std::nullopt;
}

std::vector<std::size_t> StagesSeen(const std::vector<Checked>& all) {
  std::vector<std::size_t> seen;
  for (std::size_t stage = 0; stage < kStageCount; ++stage) {
    if (std::ranges::any_of(all,
                            [stage](const Checked& c) { return TimeOf(c, stage).has_value(); })) {
      seen.push_back(stage);
    }
  }
  return seen;
}

// Columns as wide as their widest cell; the last one runs free.
void PrintTable(std::ostream& out, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    }
    line.resize(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  }
}

Json FailureJson(const std::optional<Failure>& failure) {
  if (!failure) return nullptr;
  return {{"stage", Name(failure->stage)},
          {"reason", Name(failure->reason)},
          {"fault", Name(failure->fault)},
          {"detail", failure->detail}};
}

Json StagesJson(const StageTimes& stages) {
  Json json = Json::object();
  for (std::size_t i = 0; i < kStageCount; ++i) {
    if (stages[i]) json[std::string(Name(static_cast<Stage>(i)))] = Seconds(*stages[i]);
  }
  return json;
}

Json CertificateJson(const std::optional<ServedCertificate>& certificate) {
  if (!certificate) return nullptr;
  return {{"expires", WallText(certificate->expires)},
          {"trusted", certificate->trusted},
          {"name_ok", certificate->name_ok}};
}

Json CheckedJson(const Checked& checked) {
  Json json = {{"endpoint", checked.endpoint},
               {"status", Name(checked.status)},
               {"note", checked.note},
               {"failure", FailureJson(checked.connect.failure)},
               {"reacted", checked.connect.reacted},
               {"far_end", Name(checked.connect.far_end)},
               {"stages_seconds", StagesJson(checked.connect.stages)},
               {"certificate", CertificateJson(checked.connect.certificate)}};
  if (checked.round_trip) {
    json["round_trip"] = {{"failure", FailureJson(checked.round_trip->failure)},
                          {"stages_seconds", StagesJson(checked.round_trip->stages)}};
  }
  return json;
}

}  // namespace

// The status line is that of the Nagios plugin guidelines: text, a bar, label=value in seconds.
void PrintCheckText(std::ostream& out, CheckStatus status, const std::vector<Checked>& all) {
  std::string word(Name(status));
  std::ranges::transform(word, word.begin(), [](char c) { return static_cast<char>(c - 32); });
  const auto in = std::ranges::count_if(all, [](const Checked& c) { return !c.connect.failure; });
  out << "MQTT " << word << ": " << in << " of " << all.size() << " endpoints let a client in |";
  for (const Checked& checked : all) {
    if (checked.connect.failure) continue;
    out << ' ' << checked.endpoint << '=' << Format("%.6f", Seconds(checked.Total())) << "s;;;0";
  }
  out << '\n';
  const std::vector<std::size_t> stages = StagesSeen(all);
  std::vector<std::vector<std::string>> rows(1, {"ENDPOINT", "STATUS"});
  for (const std::size_t stage : stages) {
    std::string name(Name(static_cast<Stage>(stage)));
    std::ranges::transform(name, name.begin(), [](char c) { return static_cast<char>(c - 32); });
    rows.front().push_back(std::move(name));
  }
  rows.front().push_back("NOTE");
  for (const Checked& checked : all) {
    auto& row = rows.emplace_back();
    row = {checked.endpoint, std::string(Name(checked.status))};
    for (const std::size_t stage : stages) {
      const auto time = TimeOf(checked, stage);
      row.push_back(time ? Milliseconds(*time) : "-");
    }
    row.push_back(checked.note);
  }
  PrintTable(out, rows);
}

void PrintCheckJson(std::ostream& out, CheckStatus status, const std::vector<Checked>& all) {
  Json json = {{"status", Name(status)}, {"endpoints", Json::array()}};
  for (const Checked& checked : all) json["endpoints"].push_back(CheckedJson(checked));
  out << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace vitals

#include "agent/replay_report.h"

#include <algorithm>
#include <cstdio>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>
#include <string>
#include <tuple>

#include "agent/core/wall_text.h"

namespace vitals {
namespace {

constexpr std::array<const char*, 3> kNames{"startup", "readiness", "liveness"};

// One verdict that has turned or changed its reason.
struct Row {
  Time at{};
  std::size_t verdict = 0;
  RecordedVerdict now;
  WallTime wall{};

  bool operator<(const Row& other) const {
    return std::tie(at, verdict, now.ok, now.reason, now.message) <
           std::tie(other.at, other.verdict, other.now.ok, other.now.reason, other.now.message);
  }
};

std::vector<Row> Rows(const std::vector<VerdictChange>& changes) {
  std::vector<Row> rows;
  const VerdictChange* before = nullptr;
  for (const VerdictChange& change : changes) {
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      const RecordedVerdict& now = change.now.verdicts[i];
      if (before != nullptr && before->now.verdicts[i].ok == now.ok &&
          before->now.verdicts[i].reason == now.reason) {
        continue;
      }
      rows.push_back({change.now.at, i, now, change.wall});
    }
    before = &change;
  }
  return rows;
}

// Those of `rows` that `others` lacks.
std::vector<Row> Without(const std::vector<Row>& rows, const std::vector<Row>& others) {
  const std::set<Row> known(others.begin(), others.end());
  std::vector<Row> left;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(left),
               [&](const Row& row) { return !known.contains(row); });
  return left;
}

// Whatever a broker wrote moves no terminal.
std::string Printable(const std::string& text) {
  std::string shown;
  for (const char c : text) shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return shown;
}

void PrintText(std::ostream& out, const char* lead, const Row& row) {
  out << lead << WallText(row.wall) << "  " << std::left << std::setw(9) << kNames[row.verdict]
      << (row.now.ok ? "  pass  " : "  fail  ") << std::setw(22) << row.now.reason << "  "
      << Printable(row.now.message) << '\n';
}

void PrintJson(std::ostream& out, const nlohmann::ordered_json& json) {
  out << json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

void PrintJson(std::ostream& out, const char* type, const char* by, const Row& row) {
  PrintJson(out, {{"type", type},
                  {"by", by},
                  {"at", WallText(row.wall)},
                  {"at_ns", row.at.time_since_epoch().count()},
                  {"verdict", kNames[row.verdict]},
                  {"ok", row.now.ok},
                  {"reason", row.now.reason},
                  {"message", row.now.message}});
}

void PrintJsonLife(std::ostream& out, const ReplayedLife& life) {
  const auto recorded = Rows(life.recorded), replayed = Rows(life.replayed);
  PrintJson(out, {{"type", "life"},
                  {"life", life.name},
                  {"profile", life.profile},
                  {"first_part", life.first_part},
                  {"from", WallText(life.wall_begin)},
                  {"to", WallText(life.wall_end)},
                  {"lost", life.lost},
                  {"skipped", life.skipped},
                  {"trouble", life.trouble}});
  for (const Row& row : replayed) PrintJson(out, "verdict", "replayed", row);
  if (!life.recorded_verdicts) return;
  for (const Row& row : Without(recorded, replayed)) PrintJson(out, "changed", "recorded", row);
  for (const Row& row : Without(replayed, recorded)) PrintJson(out, "changed", "replayed", row);
}

void PrintTextLife(std::ostream& out, const ReplayedLife& life) {
  const auto recorded = Rows(life.recorded), replayed = Rows(life.replayed);
  out << life.name << ": " << life.profile << ", " << WallText(life.wall_begin) << " to "
      << WallText(life.wall_end) << '\n';
  if (life.first_part > 1) {
    out << "  begins with part " << life.first_part
        << ": what came before is gone, and the verdicts have to settle first\n";
  }
  for (const Row& row : replayed) PrintText(out, "  ", row);
  if (life.lost > 0) out << "  missing: " << life.lost << " pieces that the recorder lost\n";
  if (life.skipped > 0) {
    out << "  skipped: " << life.skipped << " lines, the first because " << Printable(life.trouble)
        << '\n';
  }
  if (!life.recorded_verdicts) return;
  out << "changed against the recording:\n";
  for (const Row& row : Without(recorded, replayed)) PrintText(out, "  was ", row);
  for (const Row& row : Without(replayed, recorded)) PrintText(out, "  now ", row);
  if (life.Identical()) out << "  nothing: the same verdicts at the same moments\n";
}

std::string Counted(int count, const std::string& one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

std::string SecondsText(Duration duration) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", Seconds(duration));
  return text;
}

}  // namespace

void PrintLife(std::ostream& out, bool json, const ReplayedLife& life) {
  if (json) return PrintJsonLife(out, life);
  PrintTextLife(out, life);
}

void PrintAnswer(std::ostream& out, bool json, const ReplayAnswer& answer, bool compared,
                 bool identical) {
  if (json) {
    return PrintJson(out, {{"type", "answer"},
                           {"compared", compared},
                           {"identical", identical},
                           {"liveness_failures", answer.replayed_failures},
                           {"liveness_failures_recorded", answer.recorded_failures},
                           {"restarts_avoided", answer.avoided},
                           {"restarts_added", answer.added},
                           {"hangs_missed", answer.missed},
                           {"undecided", answer.undecided},
                           {"wrong_readiness_s", Seconds(answer.replayed_wrong)},
                           {"wrong_readiness_recorded_s", Seconds(answer.recorded_wrong)}});
  }
  out << "answer: ";
  if (!compared) {
    out << "liveness would have failed " << Counted(answer.replayed_failures, "time") << '\n';
    return;
  }
  out << Counted(answer.avoided, "restart") << " avoided, " << answer.added << " added, "
      << Counted(answer.missed, "hang") << " missed";
  if (answer.undecided > 0) out << ", " << answer.undecided << " undecided";
  out << "; readiness wrong for " << SecondsText(answer.replayed_wrong)
      << " (recorded: " << SecondsText(answer.recorded_wrong) << ")\n";
}

}  // namespace vitals

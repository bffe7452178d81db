// How `rules test` shows what it found: JSON lines for programs, text for people (docs/profiles.md
// describes both). Whatever a log holds, JSON is valid UTF-8 and text moves no terminal.
//
// Writes to the stream it is given; owned by the command, one thread.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "agent/rules_session.h"

namespace vitals {

struct LinePlace {
  std::string_view file;
  std::uint64_t number = 0;
  std::string ToString() const { return std::string(file) + ":" + std::to_string(number); }
};

struct RulesTotals {
  double confidence = 1.0;
  std::uint64_t bytes = 0;
  std::uint64_t cut_lines = 0;
};

// The events of one line after the other, each with the lines that go on with it.
class EventPrinter {
 public:
  EventPrinter(std::ostream& out, bool json) : out_(out), json_(json) {}

  void Event(const RulesSession& session, const LinePlace& place, std::string_view line,
             const Matcher::Hit& hit);
  void Context(std::string_view line);  // goes on with the events printed last
  void EndEntry();                      // no more Context for these

 private:
  std::ostream& out_;
  const bool json_;
  std::vector<nlohmann::ordered_json> held_;  // events as JSON whose context may go on
  std::string context_;
};

void PrintSummary(std::ostream& out, bool json, RulesSession& session, const RulesTotals& totals);

}  // namespace vitals

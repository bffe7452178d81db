// How `rules test` shows what it found: JSON lines for programs, text for people (docs/profiles.md
// describes both). Whatever a log holds, JSON is valid UTF-8 and text moves no terminal.
//
// Stateless; writes to the stream it is given.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

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

void PrintEvent(std::ostream& out, bool json, const RulesSession& session, const LinePlace& place,
                std::string_view line, const Matcher::Hit& hit);
void PrintSummary(std::ostream& out, bool json, RulesSession& session, const RulesTotals& totals);

}  // namespace vitals

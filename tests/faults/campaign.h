// The campaign: runs kinds in lanes side by side and judges what was seen. A row is wrong if a
// verdict did what it should not, or not in time, or if a replay of the agent's own recording says
// anything else than the agent said.
//
// One thread a lane; a row's programs belong to its lane.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "tests/faults/kind.h"

namespace vitals {

struct RowResult {
  std::string kind, broker;
  Expected expected;
  std::optional<Duration> not_ready{};     // after the fault; none = never
  std::optional<Duration> live_failure{};  // likewise
  bool ready_at_end = false;
  int false_failures = 0;            // turns to "no" that should not have been
  std::vector<std::string> wrong{};  // empty = as expected
};

RowResult RunKind(const Kind& kind);

// Calls `done` with each result as it comes, never twice at once.
void RunLanes(const std::vector<Kind>& kinds, std::size_t lanes,
              const std::function<void(const RowResult&)>& done);

void PrintHead(std::ostream& out);
void PrintRow(std::ostream& out, const RowResult& row);

}  // namespace vitals

// How `check` shows what it found: for people and Nagios (status line with performance data, then a
// table), or as one JSON object. Text of brokers is printable already.
//
// Stateless; writes to the stream it is given.
#pragma once

#include <iosfwd>
#include <vector>

#include "agent/check_status.h"

namespace vitals {

void PrintCheckText(std::ostream& out, CheckStatus status, const std::vector<Checked>& all);
void PrintCheckJson(std::ostream& out, CheckStatus status, const std::vector<Checked>& all);

}  // namespace vitals

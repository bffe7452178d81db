// How `replay` shows what it found: JSON lines for programs, text for people (docs/replay.md). The
// same input gives the same bytes. Stateless; writes to the stream it is given.
#pragma once

#include <iosfwd>

#include "agent/replay_answer.h"
#include "agent/replay_session.h"

namespace vitals {

void PrintLife(std::ostream& out, bool json, const ReplayedLife& life);
// `compared`: there was something recorded; `identical`: and it was the same.
void PrintAnswer(std::ostream& out, bool json, const ReplayAnswer& answer, bool compared,
                 bool identical);

}  // namespace vitals

// Grade: how a verdict, a check or a condition looks to a person and to a health API: good, worth a
// notice, bad, unknown. It decides nothing; the judge did. Pure, any thread.
#pragma once

#include <cstdint>

#include "agent/core/condition.h"
#include "agent/core/snapshot.h"

namespace vitals {

enum class Grade : std::uint8_t { kGood, kNotice, kBad, kUnknown };

Grade GradeOf(const Check& check);
Grade GradeOf(const Condition& condition);
// Bad if it fails; a notice if it passes though one of its checks has something to say.
Grade GradeOf(const Verdict& verdict);
// All of it: bad if a verdict fails, a notice if a verdict or a condition is not good.
Grade GradeOf(const Snapshot& snapshot);

}  // namespace vitals

// The three verdicts as pure functions of the state (docs/verdicts.md has the table that they
// follow). None of them remembers anything: latches, budget and mode are the Judge's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/core/snapshot.h"
#include "agent/judge/state.h"

namespace vitals {

// Why the boot of this incarnation counts as over, if it does.
std::optional<Reason> BootEnded(const State& state);

Verdict DecideStartup(const State& state);
Verdict DecideReadiness(const State& state);

// What the evidence says about liveness, before latch, budget and mode.
struct LivenessFinding {
  bool fails = false;
  bool held = false;  // would fail, or be on its way to, but for a hold
  Reason reason = Reason::kOk;
  std::string message;
  std::optional<Duration> fails_in;  // while a clock runs towards a failure
};
LivenessFinding FindLiveness(const State& state);

// The window that the read clock has to reach, as the quality of our view demands.
Duration LivenessWindow(const State& state);

std::vector<Condition> DeriveConditions(const State& state);

}  // namespace vitals

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
Verdict DecideReadiness(const State& state, const Verdict& startup);

// What the evidence says about liveness, before latch, budget and mode. It is found ten times a
// second and read by people far less often, so its words are made only when somebody asks.
struct LivenessFinding {
  bool fails = false;
  bool held = false;  // would fail, or be on its way to, but for a hold
  Reason reason = Reason::kOk;
  std::optional<Duration> fails_in{};  // while a clock runs towards a failure
  Duration window{};                   // how long what it found has to last for a failure

  // What the words are made of; each finding uses what it needs.
  std::string (*words)(const State&, const LivenessFinding&) = nullptr;
  Duration age{};
  Duration without_progress{};
  int paths = 0;
  int lost_paths = 0;
  const LogCondition* line = nullptr;
  const Endpoint* endpoint = nullptr;

  std::string Message(const State& state) const { return words(state, *this); }
};
LivenessFinding FindLiveness(const State& state);
// The same without a person's hold; of announced work, `hold` holds it, null = nothing.
LivenessFinding FindEvident(const State& state, const LogCondition* hold);

// Whether the cause of a failure that was found for this reason still stands. `reacted`: the broker
// has answered something since. A window that grows, or a loop that is late, delays a new failure
// and never ends one.
bool FailureStands(const State& state, Reason reason, bool reacted);

// The window that the read clock has to reach, as the quality of our view demands.
Duration LivenessWindow(const State& state);

std::vector<Condition> DeriveConditions(const State& state, const Verdict& startup);

}  // namespace vitals

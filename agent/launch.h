// The launcher: first half of `mqtt-vitals run`. It reads the configuration, takes both ports,
// makes the page, and becomes the gate (agent/gate), which starts the worker (agent/app.h). So a
// mistake in the configuration or a port that is taken ends the program before anything runs, and
// the gate needs no YAML.
//
// Called by main, once, before any thread starts.
#pragma once

#include "agent/core/result.h"
#include "agent/reload.h"

namespace vitals {

// Returns only what kept it from becoming the gate. `argv` is the command line of `run`, which the
// worker gets as well.
Error Launch(const StartConfig& start, char* const* argv);

}  // namespace vitals

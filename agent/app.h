// App: the worker, composition root of all but the gate. It builds sources, judge and outputs,
// wires them, starts them in an order in which nobody speaks to someone who is not there, and stops
// them in the reverse one.
//
// Used by main, on the main thread, once, in the process that the gate has started.
#pragma once

#include "agent/config/flags.h"
#include "agent/config/layers.h"

namespace vitals {

inline constexpr int kExitStopped = 0;
inline constexpr int kExitRuntime = 1;
inline constexpr int kExitConfiguration = 2;
inline constexpr int kExitMemory = 3;  // of a worker only: the gate starts another

// Runs until SIGTERM or SIGINT, or until another worker has to go on with a new configuration;
// returns the exit code. The texts of the configuration come from the launcher.
int RunWorker(const Flags& flags, const Environment& environment, const std::string& version);

}  // namespace vitals

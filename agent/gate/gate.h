// Gate: the process that the kubelet talks to, and the parent of the worker. One thread, one loop:
// requests, signals, the end of children, ten ticks a second.
//
// Made by its main, once. It includes no third-party library, parses nothing but request lines, and
// allocates nothing for a request.
#pragma once

#include "agent/core/result.h"
#include "agent/gate/page.h"
#include "agent/gate/responder.h"

namespace vitals {

// Until the program has to end; returns its exit code. `worker` as for execv, its path first.
Result<int> RunGate(const PageMapping& page, Responder::Listeners listeners, char* const* worker);

}  // namespace vitals

// Rights that this process gives up for good, so that who breaks into it through a request or a
// line of a log gets little: no new privileges, a list of system calls that neither gate nor worker
// ever needs (tracing, mounting, modules, namespaces, clocks, keys, io_uring ...), sockets of four
// families only; and for the worker no other program either.
//
// A filter is inherited by children and through execv, so what the gate gives up the worker gives
// up as well: a list of what the gate alone needs would kill the worker, or, wide enough for it,
// would say nothing. Refused calls return EPERM: a library that tries one goes on without it.
//
// Called once, before there is a second thread. Sources: seccomp(2), prctl(2), linux/seccomp.h.
#pragma once

#include "agent/core/result.h"

namespace vitals {

// The gate: it has to start workers.
Result<void> RestrictGate();
// The worker, which has the gate's restrictions already.
Result<void> RestrictWorker();

}  // namespace vitals

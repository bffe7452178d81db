// ProcessUse: what a process takes of the machine at one moment, by what the kernel says of it.
// Any thread.
//
// Sources: proc(5), /proc/PID/{smaps_rollup,stat,fd,task}; prlimit(2).
#pragma once

#include <sys/types.h>

namespace vitals {

struct ProcessUse {
  double cpu_s = 0;  // user and system time since its start
  double rss_kib = 0;
  double pss_kib = 0;      // pages that others have as well count in part
  double private_kib = 0;  // nobody else has them
  int descriptors = 0;
  int threads = 0;
};

// All zero if there is no such process.
ProcessUse UseOf(pid_t pid);
// The sum over it and all that it has started.
ProcessUse UseOfTree(pid_t pid);

// SIGSTOP has reached each of its threads.
bool IsStopped(pid_t pid);

// From now on the process gets no descriptor beyond those that it has.
void ExhaustDescriptors(pid_t pid);

}  // namespace vitals

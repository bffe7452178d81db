// WorkerProcess: the worker as a child of this process. Started with execv, so that nothing of the
// gate is left in it; killed by the kernel when the gate dies, so that it never outlives it.
//
// Owned by the gate, one thread. It never waits for the child.
#pragma once

#include <sys/types.h>

#include <optional>

#include "agent/core/fd.h"

namespace vitals {

class WorkerProcess {
 public:
  // `args` as for execv, the program's path first; they must outlive it. `limit_memory`: bound its
  // data (RLIMIT_DATA), so that a leak hits it before the cgroup's limit hits both.
  WorkerProcess(char* const* args, bool limit_memory) : args_(args), limit_memory_(limit_memory) {}

  bool Spawn();
  void Signal(int signal) const;
  bool Is(pid_t pid) const { return pid > 0 && pid == pid_; }
  void Gone() { pid_ = -1; }

 private:
  [[noreturn]] void BecomeWorker(pid_t gate) const;

  char* const* args_;
  const bool limit_memory_;
  pid_t pid_ = -1;
};

}  // namespace vitals

#include "agent/gate/worker_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include "agent/gate/page.h"

namespace vitals {
namespace {

// Stacks of threads count in full, 8 MiB each, though most of it is never touched.
constexpr rlim_t kMostData = 1 << 30;

}  // namespace

bool WorkerProcess::Spawn() {
  const pid_t gate = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) BecomeWorker(gate);
  pid_ = pid;
  return pid > 0;
}

void WorkerProcess::Signal(int signal) const {
  if (pid_ > 0) ::kill(pid_, signal);
}

// Between fork and exec: async-signal-safe calls only.
void WorkerProcess::BecomeWorker(pid_t gate) const {
  // A terminal's Ctrl-C goes to the gate alone, which hands it on.
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != gate) ::_exit(127);  // it died before the line above
  for (const int fd : {kPageFd, kWebFd, kControlFd}) ::fcntl(fd, F_SETFD, 0);
  const rlimit data{kMostData, kMostData};
  if (limit_memory_) ::setrlimit(RLIMIT_DATA, &data);
  // They wait until it can hear them (agent/signals.h).
  sigset_t heard;
  sigemptyset(&heard);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&heard, signal);
  ::sigprocmask(SIG_SETMASK, &heard, nullptr);
  ::execv(args_[0], args_);
  ::_exit(127);
}

}  // namespace vitals

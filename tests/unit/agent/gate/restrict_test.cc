// What a process that restricts itself can't do any more, and still can. Each in a child, for there
// is no way back.
#include "agent/gate/restrict.h"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace vitals {
namespace {

// The exit code of a child that restricts itself and then does `what`; 99 = it could not.
int InChild(Result<void> (*restrict_it)(), int (*what)()) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(restrict_it() ? what() : 99);
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
  return WEXITSTATUS(status);
}

// errno of a call, 0 if it worked.
int Outcome(long result) { return result < 0 ? errno : 0; }

int RunTrue() {
  ::execl("/bin/true", "true", nullptr);
  return errno;
}

TEST(Restrict, WhatNobodyHereNeedsIsRefused) {
  EXPECT_EQ(InChild(RestrictGate, [] { return Outcome(::ptrace(PTRACE_TRACEME, 0, 0, 0)); }),
            EPERM);
  EXPECT_EQ(InChild(RestrictGate, [] { return Outcome(::unshare(CLONE_FS)); }), EPERM);
  EXPECT_EQ(
      InChild(RestrictGate, [] { return Outcome(::syscall(__NR_io_uring_setup, 1, nullptr)); }),
      EPERM);
  // By a number of the 32-bit half of the machine: getpid.
  EXPECT_EQ(InChild(RestrictGate, [] { return Outcome(::syscall(0x40000000 + __NR_getpid)); }),
            EPERM);
}

TEST(Restrict, SocketsOfOtherFamiliesAreRefused) {
  EXPECT_EQ(InChild(RestrictGate, [] { return Outcome(::socket(AF_ALG, SOCK_SEQPACKET, 0)); }),
            EPERM);
  for (const auto family : {+[] { return Outcome(::socket(AF_INET, SOCK_STREAM, 0)); },
                            +[] { return Outcome(::socket(AF_UNIX, SOCK_STREAM, 0)); },
                            +[] { return Outcome(::socket(AF_NETLINK, SOCK_RAW, 0)); }}) {
    EXPECT_EQ(InChild(RestrictGate, family), 0);
  }
}

TEST(Restrict, TheGateStartsProgramsAndTheWorkerDoesNot) {
  EXPECT_EQ(InChild(RestrictGate, RunTrue), 0);
  EXPECT_EQ(InChild(RestrictWorker, RunTrue), EPERM);
  // What the gate gave up, its worker never gets back.
  EXPECT_EQ(InChild(RestrictGate,
                    [] {
                      if (!RestrictWorker()) return 98;
                      return Outcome(::unshare(CLONE_FS));
                    }),
            EPERM);
}

// As in a container whose own filter knows better.
TEST(Restrict, WhereItIsNotAllowedItSaysSo) {
  EXPECT_EQ(InChild([]() -> Result<void> { return {}; },
                    [] {
                      sock_filter code[] = {{BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
                                            {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, __NR_prctl},
                                            {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS},
                                            {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
                      const sock_fprog program{4, code};
                      ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
                      if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return 97;
                      const auto refused = RestrictGate();
                      return !refused && !refused.error().message.empty() ? 0 : 96;
                    }),
            0);
}

}  // namespace
}  // namespace vitals

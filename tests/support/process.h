// Process: a program that a test starts, in a session of its own, with files of its own for stdout
// and stderr. One owner, one thread, which must outlive it: the kernel kills the program when that
// thread ends, so that not even a test that is killed leaves a program behind.
//
// A session of its own matters for tests that freeze a broker: the kernel thaws (SIGHUP, SIGCONT)
// the stopped members of a process group whose session leader ends.
//
// The exit status is looked at with WNOWAIT and the process reaped in the destructor only: until
// then its number belongs to nobody else, and a signal can not hit a stranger.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/fd.h"
#include "agent/core/result.h"
#include "agent/core/time.h"

namespace vitals {

// Looks in PATH and in the system folders for programs, which PATH of a plain user lacks.
std::optional<std::filesystem::path> FindProgram(std::string_view name);

// The text with which a test that lacks a program is skipped.
std::string NotFound(std::string_view name);

struct ProcessOptions {
  std::string name;                // of the files: NAME.out, NAME.err
  std::filesystem::path folder;    // where they go
  std::vector<std::string> args;   // the program first
  std::vector<std::string> env{};  // "KEY=VALUE", added to our own
};

class Process {
 public:
  static Result<std::unique_ptr<Process>> Start(const ProcessOptions& options);
  ~Process();  // SIGKILL to all of its session's first group, then reaped
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void Signal(int signal) const;
  bool Running() const { return !WaitExit({}).has_value(); }

  // Its exit code, 128 + N if signal N ended it, nothing if it still runs at the limit.
  std::optional<int> WaitExit(Duration limit) const;

  std::string Stdout() const;  // all that it wrote until now
  std::string Stderr() const;

 private:
  Process(pid_t pid, Fd pidfd, std::filesystem::path out, std::filesystem::path err);

  const pid_t pid_;
  const Fd pidfd_;
  const std::filesystem::path out_;
  const std::filesystem::path err_;
};

struct Finished {
  int code = -1;  // -1: did not start or did not end in time
  std::string out;
  std::string err;
};

// Runs a program to its end.
Finished RunToEnd(const ProcessOptions& options, Duration limit = std::chrono::seconds(20));

std::string ReadFile(const std::filesystem::path& path);

}  // namespace vitals

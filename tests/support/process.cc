#include "tests/support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

namespace vitals {
namespace {

Fd OpenForWriting(const std::filesystem::path& path) {
  return Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Between fork and exec: async-signal-safe calls only.
[[noreturn]] void BecomeProgram(const char* path, char* const* args, char* const* env, int out,
                                int err, pid_t parent) {
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // the parent died before the line above
  const int null = ::open("/dev/null", O_RDONLY);
  ::dup2(null, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  ::execve(path, args, env);
  ::_exit(127);
}

}  // namespace

std::optional<std::filesystem::path> FindProgram(std::string_view name) {
  if (name.find('/') != std::string_view::npos) {
    if (::access(std::string(name).c_str(), X_OK) == 0) return std::filesystem::path(name);
    return std::nullopt;
  }
  const char* path = std::getenv("PATH");
  std::istringstream folders(std::string(path == nullptr ? "" : path) + ":/usr/sbin:/sbin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const auto candidate = std::filesystem::path(folder) / name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

std::string NotFound(std::string_view name) {
  return "SKIPPED: " + std::string(name) + " not found, install it with ./scripts/install-deps";
}

Result<std::unique_ptr<Process>> Process::Start(const ProcessOptions& options) {
  const auto program = FindProgram(options.args.front());
  if (!program) return Fail("program not found", options.args.front());
  auto out = options.folder / (options.name + ".out");
  auto err = options.folder / (options.name + ".err");
  const Fd out_fd = OpenForWriting(out);
  const Fd err_fd = OpenForWriting(err);
  if (!out_fd || !err_fd) return Fail(std::strerror(errno), out.string());

  std::vector<std::string> args = options.args;
  std::vector<std::string> env = options.env;  // first, so that it wins over our own
  for (char** entry = environ; *entry != nullptr; ++entry) env.emplace_back(*entry);
  const auto arg_pointers = Pointers(args);
  const auto env_pointers = Pointers(env);

  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return Fail(std::strerror(errno), "fork");
  if (pid == 0) {
    BecomeProgram(program->c_str(), arg_pointers.data(), env_pointers.data(), out_fd.get(),
                  err_fd.get(), parent);
  }
  Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  return std::unique_ptr<Process>(
      new Process(pid, std::move(pidfd), std::move(out), std::move(err)));
}

Process::Process(pid_t pid, Fd pidfd, std::filesystem::path out, std::filesystem::path err)
    : pid_(pid), pidfd_(std::move(pidfd)), out_(std::move(out)), err_(std::move(err)) {}

Process::~Process() {
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);  // in case it had not reached setsid yet
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void Process::Signal(int signal) const { ::kill(pid_, signal); }

std::optional<int> Process::WaitExit(Duration limit) const {
  pollfd wanted{pidfd_.get(), POLLIN, 0};
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
  if (::poll(&wanted, 1, static_cast<int>(ms)) != 1) return std::nullopt;
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0) return std::nullopt;
  return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

std::string Process::Stdout() const { return ReadFile(out_); }
std::string Process::Stderr() const { return ReadFile(err_); }

Finished RunToEnd(const ProcessOptions& options, Duration limit) {
  const auto process = Process::Start(options);
  if (!process) return {-1, {}, process.error().ToString()};
  const int code = (*process)->WaitExit(limit).value_or(-1);
  return {code, (*process)->Stdout(), (*process)->Stderr()};
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace vitals

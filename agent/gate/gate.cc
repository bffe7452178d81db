#include "agent/gate/gate.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include "agent/gate/bulletin.h"
#include "agent/gate/gate_log.h"
#include "agent/gate/restrict.h"
#include "agent/gate/supervisor.h"
#include "agent/gate/worker_process.h"

namespace vitals {
namespace {

class Hands final : public WorkerHands {
 public:
  Hands(Page& page, char* const* args) : page_(page), worker_(args, page.orders.limit_memory) {}

  bool Spawn() override {
    if (spawned_) page_.generation.fetch_add(1, std::memory_order_relaxed);
    spawned_ = true;
    page_.heartbeat.store(0, std::memory_order_relaxed);
    page_.crumb.store(0, std::memory_order_relaxed);
    return worker_.Spawn();
  }
  void Signal(int signal) override { worker_.Signal(signal); }
  void Forget() override { page_.resume.Write({}); }
  void Reloaded() override {
    page_.reloads.fetch_add(1, std::memory_order_relaxed);
    GateLog("info", "a worker starts with the new configuration", {});
  }
  void LeaveOut(Source source, Time until) override {
    page_.left_out[static_cast<std::size_t>(source)].store(until.time_since_epoch().count(),
                                                           std::memory_order_relaxed);
    GateLog("error", "a source is left out: the worker crashed in it again and again",
            "\"source\":\"" + std::string(Name(source)) + "\"");
  }
  void Tell(const char* text, const WorkerEnd& end, Duration pause) override {
    std::string fields = "\"restarts\":" + std::to_string(page_.generation.load());
    if (end.signal != 0) fields += ",\"signal\":" + std::to_string(end.signal);
    if (end.signal == 0 && end.code != 0) fields += ",\"code\":" + std::to_string(end.code);
    if (end.crashed) fields += ",\"crashed_in\":\"" + std::string(Name(*end.crashed)) + "\"";
    if (pause > Duration{}) {
      fields += ",\"pause_ms\":" + std::to_string(pause / std::chrono::milliseconds(1));
    }
    GateLog("warn", text, fields);
  }

  bool IsWorker(pid_t pid) const { return worker_.Is(pid); }
  WorkerEnd Gone(int status) {
    worker_.Gone();
    WorkerEnd end;
    end.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    const auto crumb = page_.crumb.load(std::memory_order_relaxed);
    if (crumb > 0 && crumb <= kSourceCount) end.crashed = static_cast<Source>(crumb - 1);
    return end;
  }

 private:
  Page& page_;
  WorkerProcess worker_;
  bool spawned_ = false;
};

Fd BlockSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&set, signal);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return Fd(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
}

// All of them: as PID 1 of a container it gets children that are not its own.
void Reap(Hands& hands, Supervisor& supervisor, Time now) {
  int status = 0;
  for (pid_t pid; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    if (hands.IsWorker(pid)) supervisor.Ended(hands.Gone(status), now);
  }
}

void TakeSignals(const Fd& signals, Supervisor& supervisor, Time now) {
  signalfd_siginfo info{};
  while (::read(signals.get(), &info, sizeof info) == sizeof info) {
    switch (info.ssi_signo) {
      case SIGCHLD:
        break;  // Reap looks anyway
      case SIGHUP:
        supervisor.Reload();
        break;
      default:
        supervisor.Stop(static_cast<int>(info.ssi_signo), now);
    }
  }
}

int MillisecondsUntil(Time moment, Time now) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(moment - now).count();
  return static_cast<int>(std::max<std::int64_t>(0, left));
}

}  // namespace

Result<int> RunGate(const PageMapping& page, Responder::Listeners listeners, char* const* worker) {
  const Fd signals = BlockSignals();
  if (!signals) return Fail(std::string("can't wait for signals: ") + std::strerror(errno));
  const SystemClock clock;
  Bulletin bulletin(*page, clock.Now());
  auto responder =
      Responder::Make(std::move(listeners), clock, [&](Time now) { return bulletin.Now(now); });
  if (!responder) return tl::unexpected(responder.error());
  if (const auto restricted = RestrictGate(); !restricted) {
    GateLog("warn", "the gate runs unrestricted",
            "\"error\":\"" + restricted.error().message + "\"");
  }
  Hands hands(*page, worker);
  Supervisor supervisor(hands, page->orders.linger, clock.Now());

  while (!supervisor.exit_code()) {
    const Time now = clock.Now();
    const Time next = std::min(supervisor.next_tick(), responder->NextDeadline());
    std::array<pollfd, 2> fds{{{responder->fd(), POLLIN, 0}, {signals.get(), POLLIN, 0}}};
    ::poll(fds.data(), fds.size(), MillisecondsUntil(next, now));
    const Time awake = clock.Now();
    bulletin.Update(supervisor.beating(), awake);  // the last words of a worker that has ended
    TakeSignals(signals, supervisor, awake);
    Reap(hands, supervisor, awake);
    supervisor.Tick(page->heartbeat.load(std::memory_order_relaxed), awake);
    bulletin.Update(supervisor.beating(), awake);
    responder->Turn();
  }
  return *supervisor.exit_code();
}

}  // namespace vitals

#include "agent/signals.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace vitals {

Result<Signals> Signals::Block() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  if (pthread_sigmask(SIG_BLOCK, &set, nullptr) != 0) return Fail("can't block signals");
  // A peer that closes while we write is an error of that write, not of the program.
  ::signal(SIGPIPE, SIG_IGN);
  Fd signals(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  Fd wake(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!signals || !wake) return Fail(std::string("can't wait for signals: ") + strerror(errno));
  return Signals(std::move(signals), std::move(wake));
}

Signals::Event Signals::Wait(Duration limit) {
  std::array<pollfd, 2> fds{pollfd{signals_.get(), POLLIN, 0}, pollfd{wake_.get(), POLLIN, 0}};
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  if (::poll(fds.data(), fds.size(), static_cast<int>(ms)) <= 0) return Event::kTimeout;
  signalfd_siginfo info{};
  if (::read(signals_.get(), &info, sizeof info) == sizeof info) {
    return info.ssi_signo == SIGHUP ? Event::kReload : Event::kTerminate;
  }
  std::uint64_t count = 0;
  return ::read(wake_.get(), &count, sizeof count) > 0 ? Event::kWoken : Event::kTimeout;
}

void Signals::Wake() const {
  const std::uint64_t one = 1;
  // A full counter means that the main thread will wake anyway.
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
}

}  // namespace vitals

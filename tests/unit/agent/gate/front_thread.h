// The probe front on a thread of its own, fed through a page as in the gate, on a free port. Stops
// with its owner. Publish: any thread.
#pragma once

#include <poll.h>
#include <sys/eventfd.h>

#include <array>
#include <cstdint>
#include <memory>
#include <thread>

#include "agent/core/listen.h"
#include "agent/gate/bulletin.h"
#include "agent/gate/responder.h"

namespace vitals {

class FrontThread {
 public:
  static Result<std::unique_ptr<FrontThread>> Start() {
    auto page = PageMapping::Create({.hold = std::chrono::seconds(30)});
    if (!page) return tl::unexpected(page.error());
    auto listener = ListenTcp(Address{"::", 0}, Responder::kBacklog, "--probe-listen");
    if (!listener) return tl::unexpected(listener.error());
    auto check = ListenTcp(Address{"::", 0}, Responder::kBacklog, "agent_check.listen");
    if (!check) return tl::unexpected(check.error());
    return std::unique_ptr<FrontThread>(
        new FrontThread(std::move(*page), {std::move(*listener), std::move(*check)}));
  }
  ~FrontThread() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(stop_.get(), &one, sizeof one);
    thread_.join();
  }

  std::uint16_t port() const { return port_; }
  std::uint16_t check_port() const { return check_port_; }
  void Publish(const Snapshot& snapshot) {
    page_->verdicts.Write(EncodeVerdicts(snapshot, {.generation = 0, .settled = true}));
  }

 private:
  FrontThread(PageMapping page, Responder::Listeners listeners)
      : page_(std::move(page)),
        port_(BoundAddress(listeners.probe.get()).port),
        check_port_(BoundAddress(listeners.agent_check.get()).port),
        front_(*Responder::Make(std::move(listeners), clock_,
                                [this](Time now) { return bulletin_.Now(now); })),
        thread_([this] { Run(); }) {}

  void Run() {
    std::array<pollfd, 2> fds{{{front_.fd(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
    while (fds[1].revents == 0) {
      const Time deadline = front_.NextDeadline();
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(deadline - clock_.Now()).count();
      ::poll(fds.data(), fds.size(),
             deadline == Time::max() ? -1 : static_cast<int>(std::max<std::int64_t>(0, left)));
      bulletin_.Update(true, clock_.Now());
      front_.Turn();
    }
  }

  const PageMapping page_;
  const std::uint16_t port_;
  const std::uint16_t check_port_;
  const SystemClock clock_;
  Bulletin bulletin_{*page_, clock_.Now()};
  Responder front_;
  const Fd stop_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  std::thread thread_;
};

}  // namespace vitals

#include "probes/mqtt/connect_once.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <memory>

#include "probes/mqtt/connect_planner.h"
#include "probes/mqtt/fresh_connect.h"

namespace vitals::mqtt {
namespace {

struct Attempt {
  std::unique_ptr<ConnectPlanner> planner;
  std::unique_ptr<FreshConnect> connect;
};

bool AllEnded(std::vector<Attempt>& attempts) {
  bool all = true;
  for (Attempt& attempt : attempts) all &= attempt.connect->Drive();
  return all;
}

}  // namespace

std::vector<ConnectEvidence> ConnectOnce(const std::vector<EndpointSettings>& endpoints,
                                         Duration limit, const Identity& identity,
                                         OwnSockets& own_sockets, FarEndView& far_end,
                                         const Clock& clock) {
  const Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  const Fd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  epoll_event event{};
  event.events = EPOLLIN;
  ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, wake.get(), &event);
  std::vector<Attempt> attempts(endpoints.size());
  for (std::size_t id = 0; id < endpoints.size(); ++id) {
    attempts[id].planner = std::make_unique<ConnectPlanner>(endpoints[id], wake.get());
  }
  const Time deadline = clock.Now() + limit;
  for (std::uint32_t id = 0; id < endpoints.size(); ++id) {
    attempts[id].connect = std::make_unique<FreshConnect>(
        id + 1, attempts[id].planner->MakePlan(ClientId(identity, 'c', id)),
        ConnectRoom{epoll.get(), wake.get(), id, own_sockets, far_end, clock});
    attempts[id].connect->Drive();
  }
  while (!AllEnded(attempts) && clock.Now() < deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock.Now());
    std::array<epoll_event, 64> events;
    eventfd_t ignored = 0;
    ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()),
                 std::max(static_cast<int>(left.count()), 0));
    ::eventfd_read(wake.get(), &ignored);
  }
  std::vector<ConnectEvidence> all;
  for (std::size_t id = 0; id < attempts.size(); ++id) {
    FreshConnect& connect = *attempts[id].connect;
    if (!connect.Drive()) {
      connect.LookAtFarEnd();
      connect.Abandon();
    }
    all.push_back(connect.Report(static_cast<EndpointId>(id), ConnectEvidence::Grade::kFinal));
  }
  return all;
}

}  // namespace vitals::mqtt

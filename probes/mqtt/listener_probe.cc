#include "probes/mqtt/listener_probe.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "probes/mqtt/listener_endpoint.h"

namespace vitals::mqtt {
namespace {

constexpr Duration kDefaultHardDeadline = 10'500ms;
// However little there is to do, the loop shows so often that it lives.
constexpr Duration kLongestSleep = 1s;
constexpr Duration kSleepWithoutEvents = 100ms;
constexpr std::uint32_t kWakeTag = ~0U;

ListenerSettings WithDefaults(ListenerSettings settings) {
  if (settings.hard_deadline <= Duration{}) settings.hard_deadline = kDefaultHardDeadline;
  return settings;
}

// Rounded up, so that the loop does not turn around empty just before something is due.
int Milliseconds(Duration d) {
  return static_cast<int>(
      std::chrono::ceil<std::chrono::milliseconds>(std::max(d, Duration{})).count());
}

}  // namespace

ListenerProbe::ListenerProbe(const std::vector<EndpointSettings>& endpoints,
                             const ListenerSettings& settings, Identity identity,
                             OwnSockets& own_sockets, FarEndView& far_end, const Clock& clock,
                             EvidenceSink& sink)
    : endpoints_(endpoints),
      settings_(WithDefaults(settings)),
      identity_(std::move(identity)),
      own_sockets_(own_sockets),
      far_end_(far_end),
      clock_(clock),
      sink_(sink),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = kWakeTag;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
}

ListenerProbe::~ListenerProbe() { Stop(); }

void ListenerProbe::Start() {
  thread_ = std::thread([this] { Loop(); });
  ::pthread_setname_np(thread_.native_handle(), "listener");
}

void ListenerProbe::Stop() {
  stop_ = true;
  Wake();
  if (thread_.joinable()) thread_.join();
}

void ListenerProbe::LookNow() {
  look_now_ = true;
  Wake();
}

void ListenerProbe::Wake() { ::eventfd_write(wake_.get(), 1); }

void ListenerProbe::Loop() {
  std::uint64_t serials = 0;
  std::vector<std::unique_ptr<ListenerEndpoint>> endpoints;
  for (std::uint32_t id = 0; id < endpoints_.size(); ++id) {
    endpoints.push_back(std::make_unique<ListenerEndpoint>(
        endpoints_[id], settings_, identity_,
        ConnectRoom{epoll_.get(), wake_.get(), id, own_sockets_, far_end_, clock_}, serials,
        sink_));
  }
  std::array<epoll_event, 64> events;
  while (!stop_) {
    const bool look_now = look_now_.exchange(false);
    for (auto& endpoint : endpoints) {
      if (look_now) endpoint->LookNow();
      // Idle endpoints return at once, so the events need not be told apart.
      endpoint->Turn();
    }
    const Time now = clock_.Now();
    Time due = now + kLongestSleep;
    for (const auto& endpoint : endpoints) due = std::min(due, endpoint->NextTurn());
    sink_.Promise(Source::kListener, std::max(due, now));
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                   Milliseconds(due - now));
    // Without an epoll set (no descriptors at the start) the loop still must not spin.
    if (count < 0 && errno != EINTR) std::this_thread::sleep_for(kSleepWithoutEvents);
    for (int i = 0; i < count; ++i) {
      eventfd_t ignored = 0;
      if (events[static_cast<std::size_t>(i)].data.u32 == kWakeTag) {
        ::eventfd_read(wake_.get(), &ignored);
      }
    }
  }
}

}  // namespace vitals::mqtt

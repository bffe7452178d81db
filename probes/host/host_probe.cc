#include "probes/host/host_probe.h"

#include <pthread.h>
#include <time.h>

namespace vitals {
namespace {

Duration SinceBoot() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace

HostProbe::HostProbe(const Settings& settings, const Clock& clock, EvidenceSink& sink)
    : clock_(clock), sink_(sink), watch_(ProcessFinder(LocalPorts(settings.endpoints))) {}

void HostProbe::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void HostProbe::Stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void HostProbe::Run(const std::stop_token& stop) {
  pthread_setname_np(pthread_self(), "host");
  while (!stop.stop_requested()) {
    const Time now = clock_.Now();
    sink_.Put({now, watch_.Look(now, SinceBoot())});
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, kInterval, [] { return false; });
  }
}

}  // namespace vitals

// HostProbe: looks at the broker's process every 5 s, where the agent can see it: in the broker's
// container, or in a pod with shareProcessNamespace.
//
// Owned by the app; a thread of its own, named "host" (probes/probe.h). It promises no turn:
// nothing that it reports is a silence, so its lateness proves nothing and stops no clock.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "agent/core/evidence.h"
#include "agent/core/settings.h"
#include "agent/core/time.h"
#include "probes/host/process_watch.h"
#include "probes/probe.h"

namespace vitals {

class HostProbe final : public Probe {
 public:
  static constexpr Duration kInterval = std::chrono::seconds(5);

  HostProbe(const Settings& settings, const Clock& clock, EvidenceSink& sink);
  ~HostProbe() override { Stop(); }

  void Start() override;
  void Stop() override;

 private:
  void Run(const std::stop_token& stop);

  const Clock& clock_;
  EvidenceSink& sink_;
  ProcessWatch watch_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace vitals

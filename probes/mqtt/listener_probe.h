// ListenerProbe: can a new client get in, on each of the broker's listeners? Connects afresh as
// its ListenerEndpoints ask, for any number of endpoints on one thread ("listener") and one epoll
// set.
//
// Owned by the application. Start, Stop and LookNow may be called from any thread; everything else
// happens on the probe's own. It never waits for a broker, and Stop returns within milliseconds.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "agent/core/evidence.h"
#include "agent/core/fd.h"
#include "agent/core/settings.h"
#include "probes/mqtt/far_end.h"
#include "probes/mqtt/identity.h"
#include "probes/mqtt/own_sockets.h"
#include "probes/probe.h"

namespace vitals::mqtt {

class ListenerProbe final : public Probe {
 public:
  // The references must outlive the probe. An endpoint's id is its index. mqtt_version must be 4 or
  // 5; a hard deadline of 0 becomes 10.5 s, the slowest refusal of any broker that we know.
  ListenerProbe(const std::vector<EndpointSettings>& endpoints, const ListenerSettings& settings,
                Identity identity, OwnSockets& own_sockets, FarEndView& far_end, const Clock& clock,
                EvidenceSink& sink);
  ~ListenerProbe() override;

  void Start() override;
  void Stop() override;
  // Somebody has seen a change: connect to every endpoint now, but to those that are silent.
  void LookNow();

 private:
  void Loop();
  void Wake();

  const std::vector<EndpointSettings> endpoints_;
  const ListenerSettings settings_;
  const Identity identity_;
  OwnSockets& own_sockets_;
  FarEndView& far_end_;
  const Clock& clock_;
  EvidenceSink& sink_;
  const Fd epoll_;
  const Fd wake_;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> look_now_ = false;
  std::thread thread_;
};

}  // namespace vitals::mqtt

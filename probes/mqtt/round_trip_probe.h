// RoundTripProbe: do messages come back? One standing session per round-trip endpoint, one thread
// ("round_trip") for all of them, which sleeps until a message comes or something is due.
//
// Owned by the application. Start and Stop from one thread. It never waits for a broker; Stop waits
// for the client library to put its clients away, which takes it 0.1 to 0.4 s.
#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "agent/core/evidence.h"
#include "agent/core/settings.h"
#include "probes/mqtt/bell.h"
#include "probes/mqtt/far_end.h"
#include "probes/mqtt/identity.h"
#include "probes/mqtt/own_sockets.h"
#include "probes/probe.h"

namespace vitals::mqtt {

class RoundTripProbe final : public Probe {
 public:
  // The references must outlive the probe. All of Settings::endpoints are given, since an
  // endpoint's id is its index; those with round_trip take part. mqtt_version must be 4 or 5.
  RoundTripProbe(const std::vector<EndpointSettings>& endpoints, const RoundTripSettings& settings,
                 Identity identity, OwnSockets& own_sockets, FarEndView& far_end,
                 const Clock& clock, EvidenceSink& sink);
  ~RoundTripProbe() override;

  // Called, on the probe's thread, whenever rounds begin or cease to fail. Before Start.
  void OnEdge(std::function<void()> on_edge) { on_edge_ = std::move(on_edge); }

  void Start() override;
  void Stop() override;

 private:
  void Loop();

  const std::vector<EndpointSettings> endpoints_;
  const RoundTripSettings settings_;
  const Identity identity_;
  OwnSockets& own_sockets_;
  FarEndView& far_end_;
  const Clock& clock_;
  EvidenceSink& sink_;
  std::function<void()> on_edge_;
  Bell bell_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace vitals::mqtt

// MqttSources: the two probes that speak MQTT, made for one profile (protocol version, slowest
// refusal) and made anew when the log tells that the broker is another one.
//
// Used by the main thread only, but for Clients: any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "agent/core/profile.h"
#include "agent/core/settings.h"
#include "agent/evidence_queue.h"
#include "agent/left_out.h"
#include "probes/mqtt/far_end.h"
#include "probes/mqtt/identity.h"
#include "probes/mqtt/own_sockets.h"
#include "probes/probe.h"

namespace vitals {

class MqttSources {
 public:
  MqttSources(const Settings& settings, Clock& clock, EvidenceQueue& queue);
  ~MqttSources() { Stop(); }

  void Start(const Profile& profile, const LeftOut& left_out);
  void Stop();

  // Others that are connected to the broker (probes/mqtt/clients.h).
  std::optional<std::uint32_t> Clients();

 private:
  const Settings& settings_;
  Clock& clock_;
  EvidenceQueue& queue_;
  const mqtt::Identity identity_ = mqtt::MakeIdentity();
  mqtt::OwnSockets own_sockets_;
  mqtt::KernelFarEnd far_end_;
  std::vector<std::unique_ptr<Probe>> probes_;  // in the order of their start
};

}  // namespace vitals

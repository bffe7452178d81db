#include "agent/mqtt_sources.h"

#include <utility>

#include "probes/mqtt/clients.h"
#include "probes/mqtt/listener_probe.h"
#include "probes/mqtt/round_trip_probe.h"

namespace vitals {

MqttSources::MqttSources(const Settings& settings, Clock& clock, EvidenceQueue& queue)
    : settings_(settings), clock_(clock), queue_(queue) {}

void MqttSources::Start(const Profile& profile, const LeftOut& left_out) {
  auto endpoints = settings_.endpoints;
  for (EndpointSettings& endpoint : endpoints) {
    if (endpoint.mqtt_version == 0) endpoint.mqtt_version = profile.mqtt_version;
  }
  ListenerSettings connects = settings_.listener;
  if (connects.hard_deadline == Duration{}) connects.hard_deadline = profile.slowest_refusal;

  auto listener = std::make_unique<mqtt::ListenerProbe>(endpoints, connects, identity_,
                                                        own_sockets_, far_end_, clock_, queue_);
  auto round_trip = std::make_unique<mqtt::RoundTripProbe>(
      endpoints, settings_.round_trip, identity_, own_sockets_, far_end_, clock_, queue_);
  // Within the pair only: a change that the standing connection sees first makes fresh connects
  // due.
  round_trip->OnEdge([to = listener.get()] { to->LookNow(); });
  if (!left_out.Has(Source::kListener)) listener->Start();
  if (!left_out.Has(Source::kRoundTrip)) round_trip->Start();
  // Stopped in reverse order: the one that rings goes before the one that is rung.
  probes_.push_back(std::move(listener));
  probes_.push_back(std::move(round_trip));
}

void MqttSources::Stop() {
  while (!probes_.empty()) {
    probes_.back()->Stop();
    probes_.pop_back();
  }
  queue_.Discharge(Source::kListener);
  queue_.Discharge(Source::kRoundTrip);
}

std::optional<std::uint32_t> MqttSources::Clients() {
  return mqtt::CountClients(settings_.endpoints, own_sockets_.Ends());
}

}  // namespace vitals

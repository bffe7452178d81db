#include "probes/mqtt/round_trip_probe.h"

#include <pthread.h>

#include <algorithm>
#include <memory>

#include "probes/mqtt/paho_session.h"
#include "probes/mqtt/round_trip_endpoint.h"

namespace vitals::mqtt {
namespace {

// However little there is to do, the loop shows so often that it lives.
constexpr Duration kLongestSleep = 1s;

}  // namespace

RoundTripProbe::RoundTripProbe(const std::vector<EndpointSettings>& endpoints,
                               const RoundTripSettings& settings, Identity identity,
                               OwnSockets& own_sockets, FarEndView& far_end, const Clock& clock,
                               EvidenceSink& sink)
    : endpoints_(endpoints),
      settings_(settings),
      identity_(std::move(identity)),
      own_sockets_(own_sockets),
      far_end_(far_end),
      clock_(clock),
      sink_(sink) {}

RoundTripProbe::~RoundTripProbe() { Stop(); }

void RoundTripProbe::Start() {
  thread_ = std::thread([this] { Loop(); });
  ::pthread_setname_np(thread_.native_handle(), "round_trip");
}

void RoundTripProbe::Stop() {
  stop_ = true;
  bell_.Ring();
  if (thread_.joinable()) thread_.join();
}

void RoundTripProbe::Loop() {
  PahoSessions sessions(own_sockets_, far_end_, clock_, bell_);
  std::vector<std::unique_ptr<RoundTripEndpoint>> endpoints;
  for (std::size_t id = 0; id < endpoints_.size(); ++id) {
    if (!endpoints_[id].round_trip) continue;
    endpoints.push_back(std::make_unique<RoundTripEndpoint>(static_cast<EndpointId>(id),
                                                            endpoints_[id], settings_, identity_,
                                                            sessions, clock_, sink_));
  }
  while (!stop_) {
    bool edge = false;
    for (auto& endpoint : endpoints) {
      endpoint->Turn();
      edge |= endpoint->TakeEdge();
    }
    if (edge && on_edge_) on_edge_();
    const Time now = clock_.Now();
    Time due = now + kLongestSleep;
    for (const auto& endpoint : endpoints) due = std::min(due, endpoint->NextTurn());
    due = std::max(due, now);
    sink_.Promise(Source::kRoundTrip, due);
    bell_.SleepUntil(due);
  }
}

}  // namespace vitals::mqtt

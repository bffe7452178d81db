// A listener probe in front of a server of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "probes/mqtt/listener_probe.h"
#include "tests/unit/probes/mqtt/evidence_box.h"
#include "tests/unit/probes/mqtt/scripted_server.h"

namespace vitals::mqtt {

// CONNACK, success, of MQTT 3.1.1.
inline const std::string kWelcome("\x20\x02\x00\x00", 4);

inline std::optional<Duration> TimeOf(const ConnectEvidence& evidence, Stage stage) {
  return evidence.stages[static_cast<std::size_t>(stage)];
}

// A view on which nothing can be seen.
class Blind final : public FarEndView {
 public:
  bool CanSee(int) const override { return false; }
  FarEndLook Look(const SocketPair&) override { return {}; }
  ListenQueue LookAtListener(const SocketAddress&) override { return ListenQueue::kCannotSee; }
  Bystanders LookAtOthers(const SocketAddress&, const std::vector<SocketAddress>&) override {
    return {};
  }
};

// A probe with a fast pace, and a box for what it finds.
class ListenerProbeTest : public testing::Test {
 protected:
  EndpointSettings Endpoint(std::uint16_t port) {
    EndpointSettings endpoint;
    endpoint.port = port;
    endpoint.mqtt_version = 4;
    return endpoint;
  }

  void Run(std::vector<EndpointSettings> endpoints, FarEndView* view = nullptr) {
    probe_ = std::make_unique<ListenerProbe>(endpoints, settings_, MakeIdentity(), own_sockets_,
                                             view != nullptr ? *view : kernel_, clock_, box_);
    probe_->Start();
  }

  // The first piece of evidence about an endpoint.
  ConnectEvidence FirstOf(const EndpointSettings& endpoint) {
    box_.Clear();
    Run({endpoint});
    const auto first = box_.Wait<ConnectEvidence>(1).front();
    probe_.reset();
    return first;
  }
  // The same for a server with this script.
  ConnectEvidence FirstOf(ScriptedServer::Script script, EndpointSettings endpoint) {
    const ScriptedServer server(std::move(script));
    endpoint.port = server.port();
    return FirstOf(endpoint);
  }
  ConnectEvidence FirstOf(ScriptedServer::Script script, int version = 4) {
    EndpointSettings endpoint = Endpoint(0);
    endpoint.mqtt_version = version;
    return FirstOf(std::move(script), endpoint);
  }

  SystemClock clock_;
  KernelFarEnd kernel_;
  OwnSockets own_sockets_;
  EvidenceBox box_;
  // Fast, so that a test of silence takes a fraction of a second.
  ListenerSettings settings_{.interval = 300ms,
                             .soft_deadline = 100ms,
                             .hard_deadline = 300ms,
                             .trouble_interval = 20ms,
                             .trouble_span = 200ms};
  std::unique_ptr<ListenerProbe> probe_;
};

}  // namespace vitals::mqtt

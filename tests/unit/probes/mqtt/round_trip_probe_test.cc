// The round-trip probe as a whole: its thread, the client library and a broker that echoes.
#include "probes/mqtt/round_trip_probe.h"

#include <gtest/gtest.h>

#include "tests/unit/probes/mqtt/evidence_box.h"
#include "tests/unit/probes/mqtt/scripted_server.h"

namespace vitals::mqtt {
namespace {

using std::chrono_literals::operator""ms;

class RoundTripProbeTest : public testing::Test {
 protected:
  void Run(std::uint16_t port) {
    EndpointSettings listener_only;
    EndpointSettings endpoint;
    endpoint.port = port;
    endpoint.mqtt_version = 4;
    endpoint.round_trip = true;
    probe_ = std::make_unique<RoundTripProbe>(std::vector{listener_only, endpoint}, settings_,
                                              MakeIdentity(), own_sockets_, far_end_, clock_, box_);
    probe_->OnEdge([this] { ++edges_; });
    probe_->Start();
  }

  RoundTripSettings settings_{.interval = 50ms, .deadline = 40ms, .unread_grace = 20ms};
  SystemClock clock_;
  KernelFarEnd far_end_;
  OwnSockets own_sockets_;
  EvidenceBox box_;
  std::atomic<int> edges_ = 0;
  std::unique_ptr<RoundTripProbe> probe_;
};

TEST_F(RoundTripProbeTest, RoundsComeBack) {
  settings_.deadline = 5000ms;
  ScriptedServer server(Echo);
  Run(server.port());
  const auto rounds = box_.Wait<RoundTripEvidence>(5);
  for (const auto& round : rounds) EXPECT_FALSE(round.failure);
  EXPECT_EQ(rounds[0].endpoint, 1);
  EXPECT_GT(box_.promises(), 5);
  probe_.reset();
  EXPECT_EQ(server.accepted(), 1);
}

TEST_F(RoundTripProbeTest, StopReturnsWithinASecondWhateverTheBrokerDoes) {
  ScriptedServer frozen;
  Run(frozen.port());
  const auto rounds = box_.Wait<RoundTripEvidence>(3);
  EXPECT_EQ(rounds[2].far_end, FarEnd::kUnaccepted);
  const Time before = clock_.Now();
  probe_->Stop();
  EXPECT_LT(clock_.Now() - before, 1000ms);
}

TEST_F(RoundTripProbeTest, AClosedSessionIsReopened) {
  settings_.deadline = 5000ms;
  std::atomic<int> sessions = 0;
  ScriptedServer server([&](ServerEnd& end) {
    if (++sessions > 1) return Echo(end);
    end.ReadPacket();
  });
  Run(server.port());
  const auto rounds = box_.Wait<RoundTripEvidence>(4);
  ASSERT_TRUE(rounds[0].failure);
  EXPECT_EQ(rounds[0].failure->reason, FailReason::kClosed);
  EXPECT_TRUE(rounds[0].reacted);
  EXPECT_FALSE(rounds[3].failure);
  EXPECT_GE(edges_, 1);
}

}  // namespace
}  // namespace vitals::mqtt

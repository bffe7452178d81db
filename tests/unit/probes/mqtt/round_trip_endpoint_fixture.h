// RoundTripEndpointTest: a RoundTripEndpoint with a fake broker, a fake clock and a box for what it
// reports. Each test makes its own; one thread.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "probes/mqtt/round_trip_endpoint.h"
#include "tests/support/fake_clock.h"
#include "tests/unit/probes/mqtt/evidence_box.h"
#include "tests/unit/probes/mqtt/fake_session.h"

namespace vitals::mqtt {

using std::chrono_literals::operator""us;
using vitals::operator""s;

class RoundTripEndpointTest : public testing::Test {
 protected:
  RoundTripEndpointTest() {
    settings_.host = "127.0.0.1";
    settings_.mqtt_version = 4;
    settings_.round_trip = true;
  }

  void Make() {
    endpoint_ = std::make_unique<RoundTripEndpoint>(2, settings_, rounds_, identity_, sessions_,
                                                    clock_, box_);
  }

  FakeBroker& broker() { return sessions_.newest(); }

  // The broker's answer to whatever was published last.
  void Echo(Duration latency = 300us) {
    clock_.Advance(latency);
    broker().Send(broker().published.back(), clock_.Now());
    endpoint_->Turn();
  }

  // Time passes, and the endpoint turns whenever it asked for it. A broker that works answers.
  void Pass(Duration time, bool works = false) {
    const Time end = clock_.Now() + time;
    for (int turns = 0;; ++turns) {
      ASSERT_LT(turns, 10'000) << "the loop spins";
      endpoint_->Turn();
      endpoint_->Turn();  // the bell: a session that was opened has something to say
      if (works && !sessions_.brokers.empty() && !broker().dropped &&
          broker().published.size() > echoed_) {
        echoed_ = broker().published.size();
        Echo();
      }
      const Time next = std::max(endpoint_->NextTurn(), clock_.Now());
      if (next > end) break;
      clock_.Advance(next - clock_.Now());
    }
    if (clock_.Now() < end) clock_.Advance(end - clock_.Now());
  }

  std::vector<RoundTripEvidence> Rounds() { return box_.All<RoundTripEvidence>(); }
  RoundTripEvidence Last() {
    const auto rounds = Rounds();
    return rounds.empty() ? RoundTripEvidence{} : rounds.back();
  }
  Failure LastFailure() {
    const auto last = Last();
    EXPECT_TRUE(last.failure);
    return last.failure.value_or(Failure{});
  }

  // A session that works, three rounds old, with nothing under way: the usual beginning.
  void MakeWorking() {
    Make();
    Pass(1500ms, true);
    ASSERT_EQ(Rounds().size(), 3u);
    box_.Clear();
  }

  const Identity identity_ = MakeIdentity("broker-0", 4711);
  FakeClock clock_;
  EvidenceBox box_;
  EndpointSettings settings_;
  RoundTripSettings rounds_;
  FakeSessions sessions_;
  std::size_t echoed_ = 0;
  std::unique_ptr<RoundTripEndpoint> endpoint_;
};

}  // namespace vitals::mqtt

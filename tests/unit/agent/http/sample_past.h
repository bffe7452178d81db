// The past that the tests of the web surface share; it goes with the shared sample snapshot.
#pragma once

#include "agent/core/past.h"
#include "agent/http/web_answer.h"
#include "tests/unit/agent/gate/sample_snapshot.h"

namespace vitals {

inline Past SamplePast() {
  using std::chrono::microseconds;
  using std::chrono::seconds;
  Past past;
  past.at = SampleSnapshot().at;
  past.wall = SampleSnapshot().wall;
  const auto us = [](int count) { return microseconds(count); };
  const Latency calm{5, 0, us(210), us(260), us(350), us(350)};
  const Latency rough{2, 3, us(240), us(240), us(12'500), us(12'500)};
  past.round_trips = {{"mqtt-127.0.0.1-1883",
                       {7, 3, us(210), us(260), us(12'500), us(12'500)},
                       {{past.at - seconds(10), calm}, {past.at - seconds(5), rough}}}};
  past.verdicts = {{past.at - seconds(90), true, true, true},
                   {past.at - seconds(3), true, false, true}};
  PastEvent saved;
  saved.at = past.at - seconds(60);
  saved.kind = PastEvent::Kind::kBroker;
  saved.name = "save_started";
  saved.reason = "saving";
  saved.times = 2;
  PastEvent turned;
  turned.at = past.at - seconds(3);
  turned.kind = PastEvent::Kind::kVerdict;
  turned.severity = Severity::kWarn;
  turned.name = "readiness";
  turned.was = "pass";
  turned.is = "fail";
  turned.reason = "not_accepting";
  turned.message = "mqtt-127.0.0.1-1883 refuses new clients";
  past.events = {turned, saved};
  LastConnect connect{"mqtt-127.0.0.1-1883", past.at - seconds(2), {}, {}};
  connect.stages[static_cast<std::size_t>(Stage::kTcp)] = us(80);
  connect.failure = MakeFailure(Stage::kConnack, FailReason::kServerUnavailable);
  past.connects = {connect};
  past.agent.began = past.at - seconds(120);
  past.agent.log.files = 1;
  past.agent.log.lines = 42;
  return past;
}

inline constexpr std::string_view kSampleConfig = "policy:\n  mode: enforce\n";

// `snapshot` may be null.
inline Sources SampleSources(SnapshotPtr snapshot, Past past = SamplePast()) {
  const Time now = past.at;
  return {[] { return std::string("mqtt_vitals_up 1\n"); },
          [snapshot] { return snapshot; },
          "0.1.0",
          [past] { return past; },
          std::string(kSampleConfig),
          [now] { return now; }};
}

}  // namespace vitals

// One snapshot that the tests of the outputs share: an endpoint that refuses new clients, another
// that was never opened, a save that is announced.
#pragma once

#include "agent/core/snapshot.h"

namespace vitals {

inline Snapshot SampleSnapshot() {
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  Snapshot s;
  s.at = Time{} + std::chrono::hours(1);
  s.wall = WallTime(seconds(1'800'000'000));
  s.profile = "mosquitto";
  s.profile_confidence = 1;

  const auto check = [&](std::string name, bool ok, Reason reason, std::string message,
                         Duration age) {
    return Check{std::move(name), ok, reason, std::move(message), s.at - age};
  };
  s.startup = {true, Reason::kOk, "", s.at - seconds(90), {}};
  s.startup.checks = {check("started", true, Reason::kOk, "", seconds(90))};
  s.readiness = {false,
                 Reason::kNotAccepting,
                 "mqtt-127.0.0.1-1883 refuses new clients",
                 s.at - seconds(3),
                 {}};
  s.readiness.checks = {
      check("started", true, Reason::kOk, "", seconds(90)),
      check("accepting/mqtt-127.0.0.1-1883", false, Reason::kNotAccepting,
            "connack: server_unavailable, 2 of the last 6", milliseconds(2'100)),
      check("delivering/mqtt-127.0.0.1-1883", true, Reason::kOk, "", milliseconds(400))};
  s.liveness = {true, Reason::kOk, "", s.at - seconds(80), {}};
  s.liveness.checks = {check("alive", true, Reason::kOk, "", milliseconds(400)),
                       check("held", true, Reason::kOk, "", milliseconds(400)),
                       check("budget", true, Reason::kOk, "", milliseconds(400))};
  s.outlook.budget_left = 3;
  s.outlook.read_silence = milliseconds(400);
  s.outlook.answer_silence = milliseconds(400);

  s.conditions = {{ConditionType::kStarted, "", Status::kTrue, Reason::kAnnounced,
                   "mosquitto running", s.at - seconds(90), s.at - seconds(90), Source::kLog},
                  {ConditionType::kAccepting, "mqtt-127.0.0.1-1883", Status::kFalse,
                   Reason::kNotAccepting, "connack: server_unavailable, 2 of the last 6",
                   s.at - seconds(3), s.at - milliseconds(2'100), Source::kListener},
                  {ConditionType::kDelivering, "mqtt-127.0.0.1-1883", Status::kTrue, Reason::kWorks,
                   "", s.at - seconds(80), s.at - milliseconds(400), Source::kRoundTrip},
                  {ConditionType::kBusy, "save", Status::kUnknown, Reason::kNoEvidence, "",
                   s.at - seconds(90), Time{}, Source::kJudge}};

  ProbeState listener{"mqtt-127.0.0.1-1883",
                      true,
                      false,
                      MakeFailure(Stage::kConnack, FailReason::kServerUnavailable),
                      {}};
  listener.last_success = s.at - seconds(20);
  s.listeners = {listener};
  s.round_trips = {{"mqtt-127.0.0.1-1883", true, true, {}, s.at - milliseconds(400)}};
  return s;
}

}  // namespace vitals

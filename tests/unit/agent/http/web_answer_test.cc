#include "agent/http/web_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "agent/core/wall_text.h"
#include "tests/unit/agent/http/sample_past.h"

namespace vitals {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

Sources With(const Snapshot& snapshot) {
  return SampleSources(std::make_shared<const Snapshot>(snapshot));
}

Sources Nothing() { return SampleSources(nullptr); }

TEST(WebAnswer, EveryRouteAnswers) {
  for (const WebRoute& route : WebRoutes()) {
    const auto answer = AnswerWeb(route.path, With(SampleSnapshot()));
    const bool down = route.path == "/api/v1/health" || route.path == "/api/v1/health/readiness";
    EXPECT_EQ(answer.status, down ? 503 : 200) << route.path;
    EXPECT_NE(answer.body, "") << route.path;
    EXPECT_FALSE(route.meaning.empty()) << route.path;
  }
  EXPECT_EQ(AnswerWeb("/nothing", With(SampleSnapshot())).status, 404);
  EXPECT_EQ(AnswerWeb("/metrics/", With(SampleSnapshot())).status, 404);
}

TEST(WebAnswer, MetricsCarryTheVersionOfTheFormat) {
  const auto answer = AnswerWeb("/metrics", With(SampleSnapshot()));
  EXPECT_EQ(answer.type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(answer.body, "mqtt_vitals_up 1\n");
}

TEST(WebAnswer, ReadyOnceThereIsASnapshot) {
  EXPECT_EQ(AnswerWeb("/-/ready", Nothing()).status, 503);
  EXPECT_EQ(AnswerWeb("/-/healthy", Nothing()).status, 200);
  EXPECT_EQ(AnswerWeb("/-/ready", With(SampleSnapshot())).status, 200);
}

TEST(StatusJson, HasTheDocumentedShape) {
  Snapshot snapshot = SampleSnapshot();
  snapshot.outlook.fails_in = std::chrono::milliseconds(12'345);
  const json status = json::parse(AnswerWeb("/api/v1/status", With(snapshot)).body);
  const json expected = json::parse(R"({
    "version": "0.1.0", "profile": "mosquitto",
    "verdicts": {
      "startup": {"ok": true, "reason": "ok", "message": "", "since": "2027-01-15T07:58:30.000Z",
                  "would_fail": false, "fails_in_s": null, "budget_left": null},
      "readiness": {"ok": false, "reason": "not_accepting",
                    "message": "mqtt-127.0.0.1-1883 refuses new clients",
                    "since": "2027-01-15T07:59:57.000Z",
                    "would_fail": true, "fails_in_s": null, "budget_left": null},
      "liveness": {"ok": true, "reason": "ok", "message": "", "since": "2027-01-15T07:58:40.000Z",
                   "would_fail": false, "fails_in_s": 12.345, "budget_left": 3}},
    "drain": null, "hold": null,
    "conditions": [
      {"type": "Started", "subject": "", "status": "True", "reason": "announced",
       "message": "mosquitto running", "since": "2027-01-15T07:58:30.000Z",
       "evidence_age_s": 90.0, "source": "log"},
      {"type": "Accepting", "subject": "mqtt-127.0.0.1-1883", "status": "False",
       "reason": "not_accepting", "message": "connack: server_unavailable, 2 of the last 6",
       "since": "2027-01-15T07:59:57.000Z", "evidence_age_s": 2.1, "source": "listener"},
      {"type": "Delivering", "subject": "mqtt-127.0.0.1-1883", "status": "True",
       "reason": "works", "message": "", "since": "2027-01-15T07:58:40.000Z",
       "evidence_age_s": 0.4, "source": "round_trip"},
      {"type": "Busy", "subject": "save", "status": "Unknown", "reason": "no_evidence",
       "message": "", "since": "2027-01-15T07:58:30.000Z", "evidence_age_s": null,
       "source": "judge"}],
    "certificates": [], "process": null})");
  EXPECT_EQ(status, expected) << json::diff(expected, status);
}

TEST(StatusJson, ShowsWhatPeopleAskedFor) {
  Snapshot snapshot = SampleSnapshot();
  snapshot.drain = {snapshot.at, "uid 0, pid 7"};
  snapshot.hold = {snapshot.at, snapshot.at + std::chrono::seconds(60), "uid 0, pid 8",
                   "heap dump"};
  const json status = json::parse(AnswerWeb("/api/v1/status", With(snapshot)).body);
  EXPECT_EQ(status["drain"]["by"], "uid 0, pid 7");
  EXPECT_EQ(status["hold"]["reason"], "heap dump");
  EXPECT_LT(status["hold"]["since"], status["hold"]["until"]);
}

TEST(StatusJson, ShowsTheProcessOfTheBrokerOrWhyItCantBeSeen) {
  Snapshot snapshot = SampleSnapshot();
  snapshot.process = ProcessLook{"", {42, 7}, {}, std::chrono::seconds(90), 0.25, true};
  const auto process = [&] {
    return json::parse(AnswerWeb("/api/v1/status", With(snapshot)).body)["process"];
  };
  EXPECT_EQ(process(), json::parse(R"({"visible": true, "pid": 42, "age_s": 90.0,
      "cpu_cores": 0.25, "disk_sleep": true})"));
  snapshot.process = ProcessLook{"nobody listens", {}, {}, {}, {}, false};
  EXPECT_EQ(process(), json::parse(R"({"visible": false, "trouble": "nobody listens"})"));
}

TEST(StatusJson, ShowsTheCertificatesOfListeners) {
  Snapshot snapshot = SampleSnapshot();
  snapshot.listeners.push_back(
      {"mqtts", true, true, {}, {}, ServedCertificate{snapshot.wall, true, false}});
  const json status = json::parse(AnswerWeb("/api/v1/status", With(snapshot)).body);
  EXPECT_EQ(status["certificates"], json::parse(R"([{"endpoint": "mqtts",
      "expires": "2027-01-15T08:00:00.000Z", "trusted": true, "name_ok": false}])"));
}

TEST(StatusJson, WithoutASnapshotLivenessPasses) {
  const json status = json::parse(AnswerWeb("/api/v1/status", Nothing()).body);
  EXPECT_EQ(status["verdicts"]["liveness"]["ok"], true);
  EXPECT_EQ(status["verdicts"]["readiness"]["ok"], false);
  EXPECT_EQ(status["verdicts"]["readiness"]["reason"], "no_evidence");
  EXPECT_TRUE(status["verdicts"]["readiness"]["since"].is_null());
  EXPECT_TRUE(status["conditions"].empty());
}

TEST(StatusJson, BrokenUtf8IsReplaced) {
  Snapshot snapshot = SampleSnapshot();
  snapshot.conditions[0].message = "client \xff\xfe \"x\"\n";
  const json status = json::parse(AnswerWeb("/api/v1/status", With(snapshot)).body);
  EXPECT_EQ(status["conditions"][0]["message"], "client \xef\xbf\xbd\xef\xbf\xbd \"x\"\n");
}

TEST(PastJson, StretchesWithoutAGoodRoundHaveNoTimes) {
  Past past = SamplePast();
  past.round_trips[0].steps[1].latency = {0, 5, {}, {}, {}, {}};
  const auto body = AnswerWeb("/api/v1/history", SampleSources(nullptr, past)).body;
  const json step = json::parse(body)["round_trips"][0]["steps"][1];
  EXPECT_EQ(step["failed"], 5);
  EXPECT_TRUE(step["p99_s"].is_null());
  EXPECT_EQ(json::parse(body)["round_trips"][0]["min_s"], 0.00021);
}

TEST(PastJson, BrokenUtf8IsReplaced) {
  Past past = SamplePast();
  past.events[0].message = "\xff<b>";
  past.events[0].context = "\tat\n\xff";
  const auto body = AnswerWeb("/api/v1/events", SampleSources(nullptr, past)).body;
  EXPECT_EQ(json::parse(body)["events"][0]["message"], "\xef\xbf\xbd<b>");
  EXPECT_EQ(json::parse(body)["events"][0]["context"], "\tat\n\xef\xbf\xbd");
}

TEST(Config, IsTextThatCanBeLoadedAgain) {
  EXPECT_EQ(json::parse(AnswerWeb("/api/v1/config", Nothing()).body),
            json({{"yaml", kSampleConfig}}));
}

TEST(WallText, IsRfc3339InUtc) {
  EXPECT_EQ(WallText(WallTime{}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(WallText(WallTime(std::chrono::milliseconds(951'782'399'999))),
            "2000-02-28T23:59:59.999Z");
  EXPECT_EQ(WallText(WallTime(std::chrono::nanoseconds(-1))), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace vitals

#include "agent/http/web_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "agent/core/wall_text.h"
#include "tests/unit/agent/gate/sample_snapshot.h"

namespace vitals {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

Sources With(const Snapshot& snapshot) {
  auto shared = std::make_shared<const Snapshot>(snapshot);
  return {[] { return std::string("mqtt_vitals_up 1\n"); }, [shared] { return shared; }, "1.2.3"};
}

Sources Nothing() {
  return {[] { return std::string(); }, [] { return SnapshotPtr(); }, "1.2.3"};
}

TEST(WebAnswer, EveryRouteAnswers) {
  for (const WebRoute& route : WebRoutes()) {
    const auto answer = AnswerWeb(route.path, With(SampleSnapshot()));
    EXPECT_EQ(answer.status, 200) << route.path;
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
    "version": "1.2.3", "profile": "mosquitto",
    "verdicts": {
      "startup": {"ok": true, "reason": "ok", "message": "", "since": "2027-01-15T07:58:30.000Z",
                  "would_fail": false, "fails_in_s": null, "budget_left": null},
      "readiness": {"ok": false, "reason": "not_accepting",
                    "message": "mqtt-127.0.0.1-1883 refuses new clients",
                    "since": "2027-01-15T07:59:57.000Z",
                    "would_fail": true, "fails_in_s": null, "budget_left": null},
      "liveness": {"ok": true, "reason": "ok", "message": "", "since": "2027-01-15T07:58:40.000Z",
                   "would_fail": false, "fails_in_s": 12.345, "budget_left": 3}},
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
       "source": "judge"}]})");
  EXPECT_EQ(status, expected) << json::diff(expected, status);
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

TEST(StartPage, ShowsVerdictsConditionsAndRoutes) {
  const auto page = AnswerWeb("/", With(SampleSnapshot())).body;
  EXPECT_THAT(page, HasSubstr("<tr><td>readiness</td><td>fail</td><td>not_accepting</td>"));
  EXPECT_THAT(page, HasSubstr("<td>Accepting</td><td>mqtt-127.0.0.1-1883</td><td>False</td>"));
  for (const WebRoute& route : WebRoutes()) {
    EXPECT_THAT(page, HasSubstr("<a href=\"" + std::string(route.path) + "\">"));
  }
  EXPECT_THAT(AnswerWeb("/", Nothing()).body, HasSubstr("nothing is known yet"));
}

TEST(StartPage, EscapesWhatABrokerMayHaveWritten) {
  Snapshot snapshot = SampleSnapshot();
  snapshot.readiness.message = "<script>alert('x')</script> & \"quotes\"";
  snapshot.conditions[0].subject = "<b>";
  snapshot.profile = "<i>";
  const auto page = AnswerWeb("/", With(snapshot)).body;
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; "
                              "&quot;quotes&quot;"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("<b>")));
  EXPECT_THAT(page, Not(HasSubstr("<i>")));
}

TEST(WallText, IsRfc3339InUtc) {
  EXPECT_EQ(WallText(WallTime{}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(WallText(WallTime(std::chrono::milliseconds(951'782'399'999))),
            "2000-02-28T23:59:59.999Z");
  EXPECT_EQ(WallText(WallTime(std::chrono::nanoseconds(-1))), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace vitals

#include "agent/http/health_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "agent/http/grade.h"
#include "tests/unit/agent/http/sample_past.h"

namespace vitals {
namespace {

using nlohmann::json;

// Everything passes and nothing is to be said.
Snapshot Well() {
  Snapshot s = SampleSnapshot();
  s.readiness.ok = true;
  for (Check& check : s.readiness.checks) {
    check.ok = true;
    check.reason = Reason::kOk;
  }
  for (Condition& condition : s.conditions) {
    if (condition.status == Status::kFalse) condition.status = Status::kTrue;
  }
  return s;
}

std::string Word(const WebAnswer& answer) { return json::parse(answer.body).value("status", ""); }

void Expect(const WebAnswer& answer, int status, const char* word) {
  EXPECT_EQ(answer.status, status);
  EXPECT_EQ(answer.type, "application/json");
  EXPECT_EQ(Word(answer), word);
}

TEST(HealthApi, UpWhereAllIsWell) {
  const Snapshot s = Well();
  Expect(HealthAnswer(&s), 200, "UP");
  Expect(LivenessAnswer(&s), 200, "UP");
  Expect(ReadinessAnswer(&s), 200, "UP");
}

TEST(HealthApi, NotReadyIsDownButAlive) {
  const Snapshot s = SampleSnapshot();
  Expect(HealthAnswer(&s), 503, "DOWN");
  Expect(LivenessAnswer(&s), 200, "UP");
  Expect(ReadinessAnswer(&s), 503, "DOWN");
}

TEST(HealthApi, AFailedLivenessIsDown) {
  Snapshot s = Well();
  s.liveness.ok = s.liveness.checks[0].ok = false;
  Expect(HealthAnswer(&s), 503, "DOWN");
  Expect(LivenessAnswer(&s), 503, "DOWN");
  Expect(ReadinessAnswer(&s), 200, "UP");
}

TEST(HealthApi, APassWithARemarkIsDegraded) {
  Snapshot s = Well();
  s.readiness.checks[1].reason = Reason::kAgentFault;
  Expect(ReadinessAnswer(&s), 200, "DEGRADED");
  Expect(HealthAnswer(&s), 200, "DEGRADED");
  s = Well();
  s.conditions.push_back({ConditionType::kFaulted,
                          "certificate",
                          Status::kTrue,
                          Reason::kAnnounced,
                          "",
                          {},
                          {},
                          Source::kLog});
  Expect(ReadinessAnswer(&s), 200, "UP");
  Expect(HealthAnswer(&s), 200, "DEGRADED");
}

// Nobody shall send clients to a broker of which nothing is known; nobody shall restart it either.
TEST(HealthApi, BeforeTheFirstJudgement) {
  Expect(HealthAnswer(nullptr), 503, "DOWN");
  Expect(LivenessAnswer(nullptr), 200, "UNKNOWN");
  Expect(ReadinessAnswer(nullptr), 503, "DOWN");
}

TEST(HealthApi, ComponentsSayWhy) {
  const Snapshot s = SampleSnapshot();
  const json health = json::parse(HealthAnswer(&s).body)["components"];
  EXPECT_EQ(health["readiness"]["status"], "DOWN");
  EXPECT_EQ(health["accepting/mqtt-127.0.0.1-1883"],
            json({{"status", "DOWN"},
                  {"reason", "not_accepting"},
                  {"message", "connack: server_unavailable, 2 of the last 6"}}));
  EXPECT_EQ(health["busy/save"]["status"], "UNKNOWN");
}

TEST(HealthApi, PathsMayEndInASlash) {
  const auto sources = SampleSources(std::make_shared<const Snapshot>(Well()));
  for (const std::string path : {"/api/v1/health", "/api/v1/health/liveness"}) {
    EXPECT_EQ(AnswerWeb(path + "/", sources).body, AnswerWeb(path, sources).body);
    EXPECT_EQ(AnswerWeb(path + "/", sources).status, 200);
  }
}

TEST(Grade, EachConditionHasAGoodSide) {
  const auto grade = [](ConditionType type, Status status) {
    Condition condition;
    condition.type = type;
    condition.status = status;
    return GradeOf(condition);
  };
  for (std::size_t i = 0; i < kConditionTypeCount; ++i) {
    const auto type = static_cast<ConditionType>(i);
    EXPECT_EQ(grade(type, Status::kUnknown), Grade::kUnknown);
    EXPECT_NE(grade(type, Status::kTrue) == Grade::kGood,
              grade(type, Status::kFalse) == Grade::kGood)
        << Name(type);
  }
  EXPECT_EQ(grade(ConditionType::kAccepting, Status::kFalse), Grade::kBad);
  EXPECT_EQ(grade(ConditionType::kObserved, Status::kFalse), Grade::kNotice);
  EXPECT_EQ(grade(ConditionType::kStopping, Status::kTrue), Grade::kNotice);
}

}  // namespace
}  // namespace vitals

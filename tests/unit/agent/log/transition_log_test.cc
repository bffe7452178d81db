#include "agent/log/transition_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "agent/log/logger.h"
#include "tests/unit/agent/gate/sample_snapshot.h"

namespace vitals {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

const Rule& RuleNamed(const std::string& id, Severity severity) {
  static std::map<std::string, Rule> rules;
  Rule& rule = rules[id];
  rule.id = id;
  rule.event = id + "_event";
  rule.severity = severity;
  return rule;
}

class TransitionLogTest : public testing::Test {
 protected:
  TransitionLog Make(bool broker_lines = false) {
    OutputSettings settings;
    settings.broker_lines = broker_lines;
    return TransitionLog(settings, [this](LogLevel level, std::string_view text, const Fields& f) {
      lines_.push_back(json::parse(LogLine(WallTime{}, level, text, f)));
    });
  }

  // The lines since the last call, those with text `msg` only if it is given.
  std::vector<json> Take(const std::string& msg = {}) {
    auto lines = std::exchange(lines_, {});
    if (!msg.empty()) std::erase_if(lines, [&](const json& line) { return line["msg"] != msg; });
    return lines;
  }

  template <typename T>
  static Evidence At(Duration after, T what) {
    return {Time{} + std::chrono::hours(1) + after, std::move(what)};
  }

  std::vector<json> lines_;
};

TEST_F(TransitionLogTest, FirstSnapshotIsToldOnceAndThenNothing) {
  auto log = Make();
  const Snapshot snapshot = SampleSnapshot();
  log.Publish(snapshot);
  const auto lines = Take();
  // Three verdicts and three conditions; the one that is Unknown is no news.
  ASSERT_EQ(lines.size(), 6u);
  for (int i = 0; i < 100; ++i) {
    log.Publish(snapshot);
    log.Observe(At(seconds(i), Tick{}));
    log.Observe(At(seconds(i), ConnectEvidence{}));
    log.Observe(At(seconds(i), RoundTripEvidence{}));
    log.Observe(At(seconds(i), LogProgress{}));
  }
  EXPECT_TRUE(Take().empty());
}

TEST_F(TransitionLogTest, VerdictWithReasonMessageAndSince) {
  auto log = Make();
  Snapshot snapshot = SampleSnapshot();
  log.Publish(snapshot);
  const auto first = Take("verdict changed");
  ASSERT_EQ(first.size(), 3u);
  EXPECT_EQ(first[1], json::parse(R"({"ts":"1970-01-01T00:00:00.000Z","level":"warn",
      "msg":"verdict changed","verdict":"readiness","ok":false,"reason":"not_accepting",
      "message":"mqtt-127.0.0.1-1883 refuses new clients","since":"2027-01-15T07:59:57.000Z"})"));
  snapshot.readiness.ok = true;
  snapshot.readiness.reason = Reason::kOk;
  log.Publish(snapshot);
  const auto second = Take();
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0]["ok"], true);
  EXPECT_EQ(second[0]["level"], "info");
}

FailureEvidence Hung() {
  FailureEvidence evidence;
  evidence.reason = Reason::kHung;
  evidence.message = "the broker has taken no byte for 60.0 s";
  evidence.read_silence = evidence.answer_silence = milliseconds(60'250);
  evidence.window = seconds(60);
  evidence.budget_left = 2;
  PathEvidence path;
  path.endpoint = "one";
  path.answered = seconds(61);
  path.connecting = Failure{Stage::kConnack, FailReason::kUnread, Fault::kBroker, {}};
  path.standing = WaitingConnection{seconds(100), FarEnd::kUnread, 31};
  path.pending = {{seconds(60), FarEnd::kUnaccepted, 20}, {seconds(55), FarEnd::kUnaccepted, 20}};
  path.others = OthersSeen{seconds(2), true, 12, {}, seconds(70)};
  evidence.paths = {path, {}};
  return evidence;
}

TEST_F(TransitionLogTest, LivenessFailureSaysOnceWhatDecidedIt) {
  auto log = Make();
  Snapshot snapshot = SampleSnapshot();
  log.Publish(snapshot);
  Take();
  snapshot.liveness.ok = false;
  snapshot.liveness.reason = Reason::kHung;
  snapshot.failure = std::make_shared<const FailureEvidence>(Hung());
  log.Publish(snapshot);
  log.Publish(snapshot);
  const auto lines = Take();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0]["msg"], "verdict changed");
  EXPECT_EQ(lines[0]["level"], "error");
  EXPECT_EQ(lines[0]["reason"], "hung");
  EXPECT_EQ(lines[1], json::parse(R"({"ts":"1970-01-01T00:00:00.000Z","level":"error",
      "msg":"evidence against the broker","outcome":"fails","reason":"hung",
      "message":"the broker has taken no byte for 60.0 s",
      "read_silence_s":60.25,"answer_silence_s":60.25,"window_s":60.0,"budget_left":2,
      "endpoints":[
        {"endpoint":"one","reacted":false,"answered_ago_s":61.0,"connecting":"connack unread",
         "standing":[{"age_s":100.0,"far_end":"unread","unread_bytes":31}],
         "pending":[{"age_s":60.0,"far_end":"unaccepted","unread_bytes":20},
                    {"age_s":55.0,"far_end":"unaccepted","unread_bytes":20}],
         "others":[{"age_s":2.0,"complete":true,"seen":12,"answered_ago_s":70.0}]},
        {"endpoint":"","reacted":false}]})"));
}

TEST_F(TransitionLogTest, AFailureThatIsOnlyHeldBackIsAWarning) {
  auto log = Make();
  Snapshot snapshot = SampleSnapshot();
  FailureEvidence held = Hung();
  held.outcome = FailureOutcome::kHeld;
  held.hold = "a person (uid 0): heap dump";
  held.fault = "memory";
  snapshot.failure = std::make_shared<const FailureEvidence>(held);
  log.Publish(snapshot);
  const auto lines = Take("evidence against the broker");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["level"], "warn");
  EXPECT_EQ(lines[0]["outcome"], "held");
  EXPECT_EQ(lines[0]["hold"], held.hold);
  EXPECT_EQ(lines[0]["log_fault"], "memory");
}

TEST_F(TransitionLogTest, ConditionsAppearChangeAndGo) {
  auto log = Make();
  Snapshot snapshot = SampleSnapshot();
  log.Publish(snapshot);
  Take();
  snapshot.conditions[1].status = Status::kTrue;
  snapshot.conditions[1].reason = Reason::kWorks;
  snapshot.conditions.erase(snapshot.conditions.begin() + 2);
  log.Publish(snapshot);
  const auto lines = Take();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0]["msg"], "condition changed");
  EXPECT_EQ(lines[0]["condition"], "Accepting");
  EXPECT_EQ(lines[0]["was"], "False");
  EXPECT_EQ(lines[0]["status"], "True");
  EXPECT_EQ(lines[0]["reason"], "works");
  EXPECT_EQ(lines[1]["msg"], "condition gone");
  EXPECT_EQ(lines[1]["condition"], "Delivering");
}

TEST_F(TransitionLogTest, AgentFaults) {
  auto log = Make();
  Snapshot snapshot = SampleSnapshot();
  snapshot.agent_faults = {FailReason::kBadCredentials};
  log.Publish(snapshot);
  log.Publish(snapshot);
  auto raised = Take("agent fault raised");
  ASSERT_EQ(raised.size(), 1u);
  EXPECT_EQ(raised[0]["reason"], "bad_credentials");
  EXPECT_EQ(raised[0]["level"], "warn");
  snapshot.agent_faults.clear();
  log.Publish(snapshot);
  ASSERT_EQ(Take("agent fault cleared").size(), 1u);
}

TEST_F(TransitionLogTest, ProfileTroubleGapsAndCommands) {
  auto log = Make();
  auto profile = std::make_shared<Profile>();
  profile->name = "mosquitto";
  log.Observe(At({}, ProfileChosen{profile, 0.9}));
  LogProgress progress;
  progress.trouble = "/var/log/x: permission denied";
  log.Observe(At({}, progress));
  log.Observe(At({}, progress));
  progress.trouble = "";
  progress.gaps = 1;
  progress.gap_bytes = 100;
  log.Observe(At({}, progress));
  log.Observe(At({}, progress));
  log.Observe(At({}, Command{Command::Kind::kHold, seconds(60), "heap dump", "uid 0"}));
  const auto lines = Take();
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[0]["msg"], "profile chosen");
  EXPECT_EQ(lines[0]["confidence"], 0.9);
  EXPECT_EQ(lines[1]["msg"], "broker log not readable");
  EXPECT_EQ(lines[1]["trouble"], "/var/log/x: permission denied");
  EXPECT_EQ(lines[2]["msg"], "broker log readable again");
  EXPECT_EQ(lines[3]["msg"], "broker log skipped");
  EXPECT_EQ(lines[3]["gap_bytes"], 100);
  EXPECT_EQ(lines[4]["msg"], "a command was given");
  EXPECT_EQ(lines[4]["command"], "hold");
  EXPECT_EQ(lines[4]["by"], "uid 0");
  EXPECT_EQ(lines[4]["length_s"], 60.0);
}

TEST_F(TransitionLogTest, BrokerLinesOnlyWhenAskedFor) {
  const LogEvent event{&RuleNamed("save_failed", Severity::kCritical),
                       "Error saving for client-17",
                       {{"client", "client-17"}},
                       false};

  auto discreet = Make();
  discreet.Observe(At({}, event));
  const auto lines = Take();
  EXPECT_THAT(json(lines).dump(), Not(HasSubstr("client-17")));
  EXPECT_EQ(lines[0]["event"], "save_failed_event");
  EXPECT_EQ(lines[0]["severity"], "critical");
  EXPECT_EQ(lines[0]["rule"], "save_failed");
  EXPECT_EQ(lines[0]["level"], "error");

  auto open = Make(true);
  open.Observe(At({}, event));
  EXPECT_EQ(Take()[0]["line"], event.line);
}

TEST_F(TransitionLogTest, FloodsAreLimitedByKeyAndCounted) {
  auto log = Make();
  const LogEvent flood{&RuleNamed("flood", Severity::kWarn), "", {}, false};
  const LogEvent other{&RuleNamed("other", Severity::kInfo), "", {}, false};
  for (int i = 0; i < 1'000; ++i) log.Observe(At(milliseconds(i / 2), flood));
  log.Observe(At(milliseconds(500), other));
  EXPECT_EQ(Take().size(), static_cast<std::size_t>(RateLimit::kPerSecond) + 1);
  // The next line of the key tells how many were left out ...
  log.Observe(At(milliseconds(1'100), flood));
  auto next = Take();
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0]["left_out"], 1'000 - RateLimit::kPerSecond);
  // ... and when none comes, a line of its own does.
  for (int i = 0; i < 10; ++i) log.Observe(At(milliseconds(1'200), flood));
  Take();
  log.Observe(At(milliseconds(1'900), Tick{}));
  EXPECT_TRUE(Take().empty());
  log.Observe(At(milliseconds(2'200), Tick{}));
  auto quiet = Take();
  ASSERT_EQ(quiet.size(), 1u);
  EXPECT_EQ(quiet[0]["msg"], "lines left out");
  EXPECT_EQ(quiet[0]["key"], "event/flood");
  EXPECT_EQ(quiet[0]["left_out"], 6);
  log.Observe(At(milliseconds(9'000), Tick{}));
  EXPECT_TRUE(Take().empty());
}

TEST_F(TransitionLogTest, LevelNamesGoBothWays) {
  for (const auto name : {"debug", "info", "warn", "error"}) {
    ASSERT_TRUE(FindLogLevel(name));
    EXPECT_EQ(Name(*FindLogLevel(name)), name);
  }
  EXPECT_FALSE(FindLogLevel("loud"));
}

}  // namespace
}  // namespace vitals

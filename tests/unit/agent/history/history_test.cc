#include "agent/history/history.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace vitals {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class HistoryTest : public testing::Test {
 protected:
  HistoryTest() {
    for (const char* name : {"one", "two"}) {
      EndpointSettings endpoint;
      endpoint.name = name;
      endpoint.round_trip = settings_.endpoints.empty();
      settings_.endpoints.push_back(endpoint);
    }
    rule_.id = "saving";
    rule_.event = "save_started";
  }

  History& history() {
    if (!history_) history_ = std::make_unique<History>(settings_, now_);
    return *history_;
  }

  template <typename What>
  void Observe(What what) {
    History& to = history();
    now_ += milliseconds(1);
    to.Observe({now_, std::move(what)});
  }

  void Publish(const std::function<void(Snapshot&)>& change = [](Snapshot&) {}) {
    change(snapshot_);
    snapshot_.at = now_;
    history().Publish(std::make_shared<const Snapshot>(snapshot_));
  }

  void Round(std::optional<Duration> took) {
    RoundTripEvidence round;
    if (took) {
      round.stages[static_cast<std::size_t>(Stage::kDelivery)] = took;
    } else {
      round.failure = MakeFailure(Stage::kDelivery, FailReason::kUnread);
    }
    Observe(round);
  }

  PastEvent Newest() { return history().Read().events.front(); }

  Settings settings_;
  Rule rule_;
  Snapshot snapshot_;
  Time now_ = Time{} + std::chrono::hours(3);
  std::unique_ptr<History> history_;
};

TEST_F(HistoryTest, BeginsWithTheStartOfTheAgentOnly) {
  const Past past = history().Read();
  ASSERT_EQ(past.events.size(), 1u);
  EXPECT_EQ(past.events[0].name, "agent_started");
  EXPECT_EQ(past.agent.began, now_);
  ASSERT_EQ(past.round_trips.size(), 1u);
  EXPECT_EQ(past.round_trips[0].endpoint, "one");
  ASSERT_EQ(past.connects.size(), 2u);
  EXPECT_EQ(past.connects[1].endpoint, "two");
  EXPECT_EQ(past.connects[1].at, Time{});
}

TEST_F(HistoryTest, TellsTurnsOfVerdictsNotWhatTheyWereAtFirst) {
  Publish();
  EXPECT_EQ(history().Read().events.size(), 1u);
  now_ += seconds(1);
  Publish([](Snapshot& s) {
    s.readiness.ok = true;
    s.readiness.reason = Reason::kOk;
    s.readiness.message = "fine";
  });
  PastEvent event = Newest();
  EXPECT_EQ(event.kind, PastEvent::Kind::kVerdict);
  EXPECT_EQ(event.name, "readiness");
  EXPECT_EQ(event.was, "fail");
  EXPECT_EQ(event.is, "pass");
  EXPECT_EQ(event.severity, Severity::kInfo);
  EXPECT_EQ(event.message, "fine");
  EXPECT_EQ(event.at, now_);
  Publish([](Snapshot& s) { s.liveness.ok = true; });
  Publish([](Snapshot& s) { s.liveness.ok = false; });
  EXPECT_EQ(Newest().severity, Severity::kError);
  Publish([](Snapshot& s) { s.readiness.ok = false; });
  EXPECT_EQ(Newest().severity, Severity::kWarn);
}

TEST_F(HistoryTest, TellsConditionsThatChangeComeAndGo) {
  Publish();
  Publish([](Snapshot& s) {
    s.conditions.push_back({ConditionType::kFaulted,
                            "storage",
                            Status::kTrue,
                            Reason::kStorageFault,
                            "disk full",
                            {},
                            {},
                            Source::kLog});
  });
  EXPECT_EQ(Newest().name, "Faulted");
  EXPECT_EQ(Newest().subject, "storage");
  EXPECT_EQ(Newest().was, "Unknown");
  EXPECT_EQ(Newest().is, "True");
  EXPECT_EQ(Newest().reason, "storage_fault");
  Publish([](Snapshot& s) { s.conditions[0].status = Status::kFalse; });
  EXPECT_EQ(Newest().was, "True");
  EXPECT_EQ(Newest().is, "False");
  const auto before = history().Read().events.size();
  Publish([](Snapshot& s) { s.conditions[0].message = "other words are no event"; });
  EXPECT_EQ(history().Read().events.size(), before);
  Publish([](Snapshot& s) { s.conditions.clear(); });
  EXPECT_EQ(Newest().is, "");
  EXPECT_EQ(Newest().message, "no longer reported");
}

TEST_F(HistoryTest, LinesOfTheBrokerStayHidden) {
  Observe(LogEvent{&rule_, "client 4711 said so", {}, false});
  EXPECT_EQ(Newest().kind, PastEvent::Kind::kBroker);
  EXPECT_EQ(Newest().name, "save_started");
  EXPECT_EQ(Newest().reason, "saving");
  EXPECT_EQ(Newest().message, "");
}

TEST_F(HistoryTest, LinesOfTheBrokerWhereAskedFor) {
  settings_.output.broker_lines = true;
  Observe(LogEvent{&rule_, "client 4711 said so", {}, false});
  EXPECT_EQ(Newest().message, "client 4711 said so");
}

TEST_F(HistoryTest, ContextGoesWithItsEventWhereLinesAreAskedFor) {
  Observe(LogEvent{&rule_, "line", {}, false});
  Observe(LogContext{&rule_, "client 4711", false});
  EXPECT_EQ(Newest().context, "");

  settings_.output.broker_lines = true;
  History asked(settings_, now_);
  const auto tell = [&](const auto& what) { asked.Observe({now_ += seconds(1), what}); };
  const auto newest = [&] { return asked.Read().events.front(); };
  tell(LogContext{&rule_, "its event was lost", false});
  tell(LogEvent{&rule_, "line", {}, false});
  tell(LogContext{&rule_, "of old", true});
  EXPECT_EQ(newest().context, "");
  tell(LogContext{&rule_, "one", false});
  tell(LogContext{&rule_, "two", false});
  EXPECT_EQ(newest().context, "one\ntwo");
  tell(LogEvent{&rule_, "line again", {}, false});
  EXPECT_EQ(newest().context, "") << "of the newest only";
  for (int i = 0; i < 9; ++i) tell(LogContext{&rule_, std::string(500, 'x'), false});
  EXPECT_EQ(newest().context.size(), EventRing::kMaxContext + 3);
  Rule other = rule_;
  other.id = "other";
  tell(LogEvent{&rule_, "line", {}, false});
  tell(LogContext{&other, "of an event that was lost", false});
  EXPECT_EQ(newest().context, "");
}

TEST_F(HistoryTest, OldLinesAreNoEvents) {
  Observe(LogEvent{&rule_, "long ago", {}, true});
  Observe(LogContext{&rule_, "and more", true});
  EXPECT_EQ(Newest().name, "agent_started");
}

TEST_F(HistoryTest, TheSameAgainIsCounted) {
  for (int i = 0; i < 3; ++i) {
    now_ += seconds(1);
    Observe(LogEvent{&rule_, "", {}, false});
  }
  EXPECT_EQ(history().Read().events.size(), 2u);
  EXPECT_EQ(Newest().times, 3u);
  EXPECT_EQ(Newest().at, now_);
}

TEST_F(HistoryTest, AFloodOfLinesLeavesTheVerdicts) {
  Publish();
  Publish([](Snapshot& s) { s.readiness.ok = true; });
  Rule other = rule_;
  other.id = "other";
  for (int i = 0; i < 1000; ++i) {
    now_ += milliseconds(1);
    Observe(LogEvent{i % 2 == 0 ? &rule_ : &other, "", {}, false});
  }
  const auto events = history().Read().events;
  EXPECT_LE(events.size(), 300u);
  EXPECT_TRUE(std::any_of(events.begin(), events.end(),
                          [](const PastEvent& event) { return event.name == "readiness"; }));
  EXPECT_TRUE(std::is_sorted(events.begin(), events.end(),
                             [](const auto& a, const auto& b) { return a.at > b.at; }));
}

TEST_F(HistoryTest, LongTextsAreCutBetweenCharacters) {
  std::string text(EventRing::kMaxText - 1, 'x');
  Observe(Command{Command::Kind::kDrain, {}, text + "ä and more", ""});
  EXPECT_EQ(Newest().name, "drain");
  EXPECT_EQ(Newest().message, text + "...");
}

TEST_F(HistoryTest, TellsGapsAndTroubleOfTheLogOnce) {
  LogProgress progress;
  progress.gaps = 1;
  progress.gap_bytes = 4096;
  Observe(progress);
  EXPECT_EQ(Newest().name, "log_gap");
  progress.trouble = "permission denied";
  Observe(progress);
  EXPECT_EQ(Newest().name, "log_not_readable");
  EXPECT_EQ(Newest().message, "permission denied");
  progress.trouble = "";
  Observe(progress);
  Observe(progress);
  EXPECT_EQ(Newest().name, "log_readable");
  EXPECT_EQ(Newest().times, 1u);
  EXPECT_EQ(history().Read().agent.log.gap_bytes, 4096u);
}

TEST_F(HistoryTest, KeepsTheNewestConnectOfEachListener) {
  ConnectEvidence connect;
  connect.endpoint = 1;
  connect.stages[static_cast<std::size_t>(Stage::kTcp)] = milliseconds(2);
  Observe(connect);
  now_ += seconds(1);
  connect.failure = MakeFailure(Stage::kConnack, FailReason::kUnread);
  Observe(connect);
  const Time at = now_;
  connect.endpoint = 7;
  Observe(connect);  // no such endpoint
  const Past past = history().Read();
  EXPECT_EQ(past.connects[0].at, Time{});
  EXPECT_EQ(past.connects[1].at, at);
  EXPECT_EQ(past.connects[1].failure->reason, FailReason::kUnread);
}

TEST_F(HistoryTest, VerdictsAreStretchesThatReachOverTheHour) {
  const Time start = now_;
  Publish();
  for (int i = 0; i < 10; ++i) {
    now_ += std::chrono::minutes(20);
    Publish([&](Snapshot& s) { s.readiness.ok = i % 2 == 0; });
    Publish();  // the same again
  }
  const auto verdicts = history().Read().verdicts;
  ASSERT_EQ(verdicts.size(), 4u);
  EXPECT_EQ(verdicts.front().at, start + std::chrono::minutes(140));
  EXPECT_FALSE(verdicts.back().readiness);
  EXPECT_TRUE(verdicts[2].readiness);
}

TEST_F(HistoryTest, ShowsHowTheAgentDoes) {
  Tick tick;
  tick.wall = WallTime(seconds(1'800'000'000));
  tick.late[0] = seconds(2);
  Observe(tick);
  history().SetDropped(3, 4);
  const Past past = history().Read();
  EXPECT_EQ(past.at, now_);
  EXPECT_EQ(past.wall, tick.wall);
  EXPECT_EQ(past.agent.late[0], seconds(2));
  EXPECT_EQ(past.agent.evidence_dropped, 3u);
  EXPECT_EQ(past.agent.log_lines_dropped, 4u);
}

// Web threads read while the pump writes; ThreadSanitizer is the judge of this one.
TEST_F(HistoryTest, IsReadWhileItIsWritten) {
  history();
  std::atomic<bool> end = false;
  std::jthread reader([&] {
    while (!end) EXPECT_EQ(history_->Read().connects.size(), 2u);
  });
  for (int i = 0; i < 500; ++i) {
    Round(milliseconds(1));
    Publish([&](Snapshot& s) { s.readiness.ok = i % 2 == 0; });
  }
  end = true;
  reader.join();
  EXPECT_EQ(history().Read().round_trips[0].whole.good, 500u);
  Round(std::nullopt);
  EXPECT_EQ(history().Read().round_trips[0].whole.failed, 1u);
}

// The worst that configuration and broker can do: more endpoints than are kept, four rounds a
// second, and ever other events with long texts.
TEST_F(HistoryTest, TakesLessThanAMebibyte) {
  settings_.output.broker_lines = true;
  settings_.endpoints.resize(12, settings_.endpoints[0]);
  std::array<Rule, 2> rules{rule_, rule_};
  rules[1].id = "another";
  const std::size_t before = mallinfo2().uordblks;
  history();
  for (int i = 0; i < 5 * 3600; ++i) {
    now_ += milliseconds(250);
    RoundTripEvidence round;
    round.stages[static_cast<std::size_t>(Stage::kDelivery)] = milliseconds(i % 800);
    for (round.endpoint = 0; round.endpoint < 12; ++round.endpoint) Observe(round);
    Observe(LogEvent{&rules[static_cast<std::size_t>(i % 2)], std::string(1024, 'x'), {}, false});
    Publish([&](Snapshot& s) {
      s.readiness.ok = i % 2 == 0;
      s.readiness.message = std::string(1024, 'y');
    });
  }
  const std::size_t used = mallinfo2().uordblks - before;
  EXPECT_LT(used, 1u << 20);
  RecordProperty("bytes", std::to_string(used));
}

}  // namespace
}  // namespace vitals

// What the writer puts into a recording comes out of the reader.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "agent/recorder/recording_reader.h"
#include "tests/unit/agent/recorder/sample_profile.h"

namespace vitals {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

class RecordingTest : public testing::Test {
 protected:
  template <typename What>
  void Add(What what, const Snapshot* news = nullptr) {
    now_ += milliseconds(1);
    writer_.Add({now_, std::move(what)}, news);
  }
  void AddTick(Duration step, Duration late = {}) {
    now_ += step;
    Tick tick{WallTime(now_.time_since_epoch()) + wall_offset_, {}};
    tick.late[2] = late;
    ticks_.emplace_back(now_, tick);
    writer_.Add({now_, tick}, nullptr);
  }
  LogEvent Event(std::size_t rule) const {
    return {&SampleProfile()->rules[rule],
            "a line of client secret-1",
            {{"port", "1883"}, {"client", "secret-1"}},
            false};
  }

  // All lines, through the reader.
  void ReadBack() {
    text_ += writer_.Take(true);
    std::istringstream lines(text_);
    for (std::string line; std::getline(lines, line);) reader_.Read(line);
  }

  Time now_ = Time(seconds(100));
  Duration wall_offset_ = seconds(1'800'000'000);
  RecordingWriter writer_{SampleHead(), false};
  std::string text_ = writer_.Head(WallTime(now_.time_since_epoch()) + wall_offset_, now_);
  std::vector<std::pair<Time, Tick>> ticks_;

  std::vector<Evidence> evidence_;
  std::vector<RecordedVerdicts> verdicts_;
  std::uint64_t lost_ = 0;
  RecordingReader reader_{SampleProfile(),
                          [](std::string_view) { return SampleProfile(); },
                          {[this](const Evidence& one) { evidence_.push_back(one); },
                           [this](const RecordedVerdicts& one) { verdicts_.push_back(one); },
                           [this](std::uint64_t count) { lost_ += count; }}};
};

TEST_F(RecordingTest, EveryTickComesBackAtItsMoment) {
  for (int i = 0; i < 25; ++i) AddTick(milliseconds(100) + Duration(i));
  AddTick(seconds(3), milliseconds(250));
  wall_offset_ += seconds(7);  // somebody set the clock
  AddTick(milliseconds(100));
  ReadBack();
  ASSERT_EQ(evidence_.size(), ticks_.size()) << text_;
  for (std::size_t i = 0; i < ticks_.size(); ++i) {
    const auto& tick = std::get<Tick>(evidence_[i].what);
    EXPECT_EQ(evidence_[i].at, ticks_[i].first) << i;
    EXPECT_EQ(tick.wall, ticks_[i].second.wall) << i;
    EXPECT_EQ(tick.late, ticks_[i].second.late) << i;
  }
  EXPECT_EQ(reader_.skipped(), 0u) << reader_.trouble();
}

TEST_F(RecordingTest, TheOrderOfTicksAndEvidenceIsKept) {
  AddTick(milliseconds(100));
  Add(RoundTripEvidence{});
  AddTick(milliseconds(100));
  Add(Event(1));
  ReadBack();
  ASSERT_EQ(evidence_.size(), 4u) << text_;
  const std::size_t kinds[] = {0, 2, 0, 6};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(evidence_[i].what.index(), kinds[i]) << i;
}

TEST_F(RecordingTest, LinesOfTheBrokerStayOutUnlessAskedFor) {
  Add(Event(1));
  Add(Event(2));
  ReadBack();
  EXPECT_THAT(text_, Not(HasSubstr("secret-1")));
  const auto& opened = std::get<LogEvent>(evidence_.at(1).what);
  EXPECT_EQ(opened.rule->id, "opened");
  ASSERT_EQ(opened.captures.size(), 1u) << "the judge needs the port of a listener";
  EXPECT_EQ(opened.captures[0].second, "1883");

  RecordingWriter open(SampleHead(), true);
  open.Add({now_, Event(1)}, nullptr);
  EXPECT_THAT(open.Take(), HasSubstr("a line of client secret-1"));
}

TEST_F(RecordingTest, VerdictsAreWrittenWhenOneTurnsOrChangesItsReason) {
  Snapshot snapshot;
  snapshot.at = now_;
  snapshot.readiness.message = "nothing seen";
  AddTick(milliseconds(100));
  Add(StrayMessage{}, &snapshot);
  snapshot.readiness.message = "another message is no change";
  Add(StrayMessage{}, &snapshot);
  snapshot.readiness.reason = Reason::kBooting;
  Add(StrayMessage{}, &snapshot);
  snapshot.readiness.ok = true;
  snapshot.readiness.message = "no UTF-8: \xff";
  Add(StrayMessage{}, &snapshot);
  ReadBack();
  ASSERT_EQ(verdicts_.size(), 3u) << text_;
  EXPECT_EQ(verdicts_[0].verdicts[1], (RecordedVerdict{false, "no_evidence", "nothing seen"}));
  EXPECT_EQ(verdicts_[1].verdicts[1].reason, "booting");
  EXPECT_EQ(verdicts_[2], ToRecorded(snapshot));
}

TEST_F(RecordingTest, WhatDecidedAFailureIsWrittenOnceAndJudgedByNobody) {
  Snapshot snapshot;
  FailureEvidence failure;
  failure.outcome = FailureOutcome::kObserved;
  failure.reason = Reason::kHung;
  failure.window = seconds(60);
  PathEvidence path;
  path.endpoint = "one";
  path.pending = {{seconds(55), FarEnd::kUnaccepted, 20}};
  path.others = OthersSeen{seconds(2), true, 12, {}, seconds(70)};
  failure.paths = {path};
  snapshot.failure = std::make_shared<const FailureEvidence>(failure);
  Add(StrayMessage{}, &snapshot);
  Add(StrayMessage{}, &snapshot);
  ReadBack();
  EXPECT_THAT(text_, HasSubstr("{\"at\":0,\"failure\":{\"outcome\":\"observed\","
                               "\"reason\":\"hung\",\"window\":60000000000,\"endpoints\":["
                               "{\"endpoint\":\"one\",\"pending\":[{\"age\":55000000000,"
                               "\"far_end\":\"unaccepted\",\"unread_bytes\":20}],\"others\":"
                               "{\"age\":2000000000,\"complete\":true,\"seen\":12,"
                               "\"answered\":70000000000}}]}}\n"));
  EXPECT_EQ(text_.find("\"failure\""), text_.rfind("\"failure\""));
  EXPECT_EQ(evidence_.size(), 2u);
  EXPECT_EQ(reader_.skipped(), 0u);
}

TEST_F(RecordingTest, TornAndForeignLinesAreSkippedAndCounted) {
  AddTick(milliseconds(100));
  text_ += writer_.Take(true);
  text_ += "{\"at\":5,\"event\":{\"rule\":\"no_such_rule\"}}\n{\"at\":5,\"future\":{}}\n\n";
  writer_.Lost(7);
  text_ += writer_.Take(true);
  text_ += R"({"at":101000000000,"round":{"endpo)";
  ReadBack();
  EXPECT_EQ(evidence_.size(), 1u);
  EXPECT_EQ(lost_, 7u);
  EXPECT_EQ(reader_.skipped(), 4u);
  EXPECT_THAT(reader_.trouble(), HasSubstr("no_such_rule"));
}

TEST_F(RecordingTest, AHeadComesBack) {
  const std::string line = text_.substr(0, text_.find('\n'));
  EXPECT_TRUE(IsRecordingHead(line));
  const auto head = ReadHead(line);
  ASSERT_TRUE(head) << head.error().ToString();
  EXPECT_EQ(head->part, 1u);
  EXPECT_EQ(head->head.profile, "sample");
  EXPECT_EQ(head->head.began, SampleHead().began);
  EXPECT_EQ(head->head.policy, SampleHead().policy);
  EXPECT_FALSE(ReadHead("{\"recording\":2}"));
  EXPECT_FALSE(ReadHead("{\"recording\":1}"));
  EXPECT_FALSE(IsRecordingHead("1795346782: mosquitto version 2.0.11 starting"));
}

TEST_F(RecordingTest, TheHeadOfALaterFileNamesTheProfileChosenSince) {
  auto chosen = std::make_shared<Profile>();
  chosen->name = "chosen";
  Add(ProfileChosen{chosen, 1});
  const auto head = ReadHead(writer_.Head(WallTime{}, now_));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->head.profile, "chosen");
  EXPECT_EQ(head->part, 2u);
}

}  // namespace
}  // namespace vitals

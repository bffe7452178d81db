#include "probes/mqtt/round_trip_endpoint.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "probes/mqtt/payload.h"
#include "tests/support/fake_clock.h"
#include "tests/unit/probes/mqtt/evidence_box.h"
#include "tests/unit/probes/mqtt/fake_session.h"

namespace vitals::mqtt {
namespace {

using std::chrono_literals::operator""us;
using vitals::operator""s;
using Phase = SessionState::Phase;

class RoundTripEndpointTest : public testing::Test {
 protected:
  RoundTripEndpointTest() {
    settings_.host = "127.0.0.1";
    settings_.mqtt_version = 4;
    settings_.round_trip = true;
  }

  void Make() {
    endpoint_ = std::make_unique<RoundTripEndpoint>(2, settings_, RoundTripSettings{}, identity_,
                                                    sessions_, clock_, box_);
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
  FakeSessions sessions_;
  std::size_t echoed_ = 0;
  std::unique_ptr<RoundTripEndpoint> endpoint_;
};

TEST_F(RoundTripEndpointTest, ARoundIsAMessageThatComesBack) {
  Make();
  endpoint_->Turn();
  endpoint_->Turn();
  endpoint_->Turn();
  ASSERT_EQ(broker().published.size(), 1u);
  EXPECT_LE(broker().published[0].size(), kMaximumPayload);
  EXPECT_EQ(broker().spec.topic, "mqtt-vitals/" + identity_.instance + "/2");
  EXPECT_EQ(broker().spec.client_id.substr(0, 5), "mqvr-");
  Echo(300us);
  ASSERT_EQ(Rounds().size(), 1u);
  EXPECT_FALSE(Last().failure);
  EXPECT_TRUE(Last().reacted);
  EXPECT_EQ(Last().endpoint, 2);
  const auto& stages = Last().stages;
  EXPECT_EQ(stages[static_cast<std::size_t>(Stage::kDelivery)], Duration(300us));
  EXPECT_EQ(stages[static_cast<std::size_t>(Stage::kConnack)], Duration(3ms)) << "a new session";
}

TEST_F(RoundTripEndpointTest, OneRoundAnIntervalWithoutJitter) {
  MakeWorking();
  EXPECT_EQ(sessions_.brokers.size(), 1u);
  Pass(60s, true);
  EXPECT_EQ(Rounds().size(), 60u);
  EXPECT_FALSE(Last().stages[static_cast<std::size_t>(Stage::kConnack)]);
  EXPECT_TRUE(box_.All<SilenceSample>().empty());
  EXPECT_FALSE(endpoint_->TakeEdge());
}

TEST_F(RoundTripEndpointTest, UnreadBytesAreTwoFailuresThenOneAnInterval) {
  MakeWorking();
  broker().far_end = {FarEnd::kUnread, 40};
  const Time frozen = clock_.Now();
  Pass(2300ms);
  ASSERT_EQ(Rounds().size(), 2u) << "not ready after 2.3 s at worst";
  EXPECT_LE(clock_.Now() - frozen, 2300ms);
  EXPECT_EQ(LastFailure().reason, FailReason::kUnread);
  EXPECT_EQ(LastFailure().stage, Stage::kDelivery);
  EXPECT_EQ(Last().far_end, FarEnd::kUnread);
  EXPECT_FALSE(Last().reacted);
  const std::size_t published = broker().published.size();
  Pass(60s);
  EXPECT_EQ(broker().published.size(), published) << "nothing is sent meanwhile";
  EXPECT_EQ(sessions_.brokers.size(), 1u);
  EXPECT_EQ(Rounds().size(), 62u);
  const auto samples = box_.All<SilenceSample>();
  EXPECT_NEAR(static_cast<double>(samples.size()), 61.0, 1.0);
  EXPECT_EQ(samples.back().far_end, FarEnd::kUnread);
  EXPECT_EQ(samples.back().unread_bytes, 40u);
  EXPECT_EQ(samples.back().probe, ProbeKind::kRoundTrip);
  EXPECT_TRUE(endpoint_->TakeEdge());
}

TEST_F(RoundTripEndpointTest, AfterAThawThreeGoodRoundsTakeOneSecond) {
  MakeWorking();
  broker().far_end = {FarEnd::kUnread, 40};
  Pass(10s);
  box_.Clear();
  echoed_ = broker().published.size();
  broker().far_end = {FarEnd::kRead, 0};
  Echo();
  ASSERT_EQ(box_.All<StrayMessage>().size(), 1u);
  EXPECT_EQ(box_.All<StrayMessage>()[0].kind, MessageKind::kLate);
  Pass(1010ms, true);
  ASSERT_EQ(Rounds().size(), 3u);
  for (const auto& round : Rounds()) EXPECT_FALSE(round.failure);
}

TEST_F(RoundTripEndpointTest, BytesThatWereReadLateEndTheWaitWithoutAMessage) {
  MakeWorking();
  broker().far_end = {FarEnd::kUnread, 40};
  Pass(5s);
  const std::size_t published = broker().published.size();
  broker().far_end = {FarEnd::kRead, 0};
  Pass(1s);
  EXPECT_EQ(broker().published.size(), published + 1);
}

TEST_F(RoundTripEndpointTest, WhatCameBeforeARoundIsNoReactionToIt) {
  MakeWorking();
  ++broker().state.answers;  // a PUBACK after its message
  broker().far_end = {FarEnd::kUnread, 40};
  Pass(2300ms);
  ASSERT_EQ(Rounds().size(), 2u);
  EXPECT_FALSE(Rounds()[0].reacted);
}

TEST_F(RoundTripEndpointTest, AFirstRoundThatFailsStillTellsThatWeGotIn) {
  Make();
  Pass(900ms);
  ASSERT_EQ(Rounds().size(), 1u);
  EXPECT_EQ(LastFailure().reason, FailReason::kDeliveryTimeout);
  EXPECT_TRUE(Last().reacted);
  EXPECT_TRUE(Last().stages[static_cast<std::size_t>(Stage::kConnack)]);
}

TEST_F(RoundTripEndpointTest, LateIsNoSuccess) {
  MakeWorking();
  Pass(1400ms);  // the round starts and its deadline passes
  ASSERT_EQ(Rounds().size(), 1u);
  EXPECT_EQ(LastFailure().reason, FailReason::kDeliveryTimeout);
  EXPECT_EQ(Last().far_end, FarEnd::kRead);
  Echo();
  EXPECT_EQ(Rounds().size(), 1u);
  ASSERT_EQ(box_.All<StrayMessage>().size(), 1u);
  EXPECT_EQ(box_.All<StrayMessage>()[0].kind, MessageKind::kLate);
}

TEST_F(RoundTripEndpointTest, AMessageAfterItsDeadlineIsLateEvenIfWeAreLateToo) {
  MakeWorking();
  Pass(500ms);
  ASSERT_TRUE(Rounds().empty());
  clock_.Advance(2s);  // our own loop stood still
  Echo();
  ASSERT_EQ(Rounds().size(), 1u);
  EXPECT_EQ(LastFailure().reason, FailReason::kDeliveryTimeout);
  EXPECT_TRUE(Last().reacted);
  EXPECT_EQ(box_.All<StrayMessage>().size(), 1u);
}

TEST_F(RoundTripEndpointTest, AMessageInTimeCountsThoughWeAreLate) {
  MakeWorking();
  Pass(500ms);
  broker().Send(broker().published.back(), clock_.Now());
  clock_.Advance(5s);
  endpoint_->Turn();
  ASSERT_EQ(Rounds().size(), 1u);
  EXPECT_FALSE(Last().failure);
}

TEST_F(RoundTripEndpointTest, DuplicatesForeignersAndRetainedOnesAreNoSuccess) {
  MakeWorking();
  const std::string old = broker().published.back();
  Pass(500ms);
  const std::string awaited = broker().published.back();
  ASSERT_NE(awaited, old);
  const Identity other = MakeIdentity("broker-0", 4712);
  const Time now = clock_.Now();
  broker().Send(old, now);
  broker().Send(awaited, now, true);
  broker().Send(awaited + "0", now);
  broker().Send(EncodePayload(other, 4), now);
  broker().Send("", now);
  broker().Send(std::string(1000, 'x'), now);
  endpoint_->Turn();
  EXPECT_TRUE(Rounds().empty());
  std::vector<MessageKind> kinds;
  for (const auto& stray : box_.All<StrayMessage>()) kinds.push_back(stray.kind);
  using enum MessageKind;
  EXPECT_EQ(kinds, (std::vector{kDuplicate, kRetained, kForeign, kForeign, kForeign, kForeign}));
  broker().Send(awaited, now);
  endpoint_->Turn();
  ASSERT_EQ(Rounds().size(), 1u);
  EXPECT_FALSE(Last().failure);
}

TEST_F(RoundTripEndpointTest, AFloodOfForeignMessagesIsCutOff) {
  MakeWorking();
  for (int i = 0; i < 5000; ++i) broker().Send("flood", clock_.Now());
  Pass(2s, true);
  EXPECT_LE(box_.All<StrayMessage>().size(), 300u);
  EXPECT_EQ(Rounds().size(), 2u);
  EXPECT_FALSE(Last().failure);
}

TEST_F(RoundTripEndpointTest, AnAnswerInOurOwnSocketIsAFaultOfTheAgent) {
  MakeWorking();
  broker().bytes_at_our_end = true;
  Pass(10s);
  EXPECT_EQ(LastFailure().reason, FailReason::kAgentInternal);
  EXPECT_EQ(LastFailure().fault, Fault::kAgent);
  EXPECT_EQ(sessions_.brokers.size(), 1u);
}

TEST_F(RoundTripEndpointTest, ThreeSilentRoundsThatWereReadBringAReplacement) {
  MakeWorking();
  Pass(3500ms);
  ASSERT_EQ(Rounds().size(), 3u);
  ASSERT_EQ(sessions_.brokers.size(), 2u);
  EXPECT_TRUE(sessions_.brokers[0]->dropped);
  EXPECT_NE(sessions_.brokers[0]->spec.client_id, sessions_.brokers[1]->spec.client_id);
  box_.Clear();
  echoed_ = 0;
  Pass(1100ms, true);
  ASSERT_EQ(Rounds().size(), 3u);
  EXPECT_FALSE(Last().failure);
}

TEST_F(RoundTripEndpointTest, ReplacementsThatDoNotHelpGetRare) {
  MakeWorking();
  Pass(600s);
  EXPECT_GE(sessions_.brokers.size(), 8u);
  EXPECT_LE(sessions_.brokers.size(), 15u);
  EXPECT_EQ(LastFailure().reason, FailReason::kDeliveryTimeout);
}

TEST_F(RoundTripEndpointTest, ALostConnectionIsOneFailureAtOnceThenOneAnInterval) {
  MakeWorking();
  sessions_.refuse = MakeFailure(Stage::kTcp, FailReason::kRefused, "nobody");
  broker().End(MakeFailure(Stage::kSession, FailReason::kClosed));
  endpoint_->Turn();
  ASSERT_EQ(Rounds().size(), 1u);
  EXPECT_EQ(LastFailure().stage, Stage::kSession);
  EXPECT_EQ(LastFailure().reason, FailReason::kClosed);
  EXPECT_TRUE(Last().reacted);
  Pass(10s);
  EXPECT_NEAR(static_cast<double>(Rounds().size()), 11.0, 1.0);
  EXPECT_EQ(LastFailure().stage, Stage::kTcp);
  EXPECT_EQ(LastFailure().reason, FailReason::kRefused);
  EXPECT_FALSE(Last().reacted) << "the kernel refused, no broker did";
  EXPECT_GE(sessions_.brokers.size(), 10u) << "about one attempt a second";
  EXPECT_LE(sessions_.brokers.size(), 30u);

  sessions_.refuse.reset();
  box_.Clear();
  echoed_ = 0;
  Pass(2100ms, true);
  const auto rounds = Rounds();
  const auto good = std::count_if(rounds.begin(), rounds.end(), [](auto& r) { return !r.failure; });
  EXPECT_GE(good, 3) << "back within 3 s";
}

TEST_F(RoundTripEndpointTest, WhatWeLoseInSilenceStaysSilent) {
  MakeWorking();
  broker().far_end = {FarEnd::kUnread, 40};
  Pass(300s);
  broker().End(MakeFailure(Stage::kSession, FailReason::kClosed));  // the library gave up
  box_.Clear();
  Pass(60s);
  EXPECT_EQ(sessions_.brokers.size(), 1u) << "no reconnect while unread";
  EXPECT_EQ(LastFailure().reason, FailReason::kUnread);
  EXPECT_FALSE(Last().reacted);
  EXPECT_NEAR(static_cast<double>(Rounds().size()), 60.0, 1.0);
  EXPECT_NEAR(static_cast<double>(box_.All<SilenceSample>().size()), 60.0, 1.0);

  broker().far_end = {FarEnd::kGone, 0};
  Pass(2s);
  EXPECT_EQ(sessions_.brokers.size(), 2u) << "the broker has thawed and closed it";
}

TEST_F(RoundTripEndpointTest, ALossAfterALongSilenceThatCannotBeSeenIsOurs) {
  MakeWorking();
  broker().far_end = {};
  sessions_.let_in = false;
  Pass(4s);
  ASSERT_EQ(sessions_.brokers.size(), 2u);
  broker().LetIn();
  broker().far_end = {};
  Pass(9s);
  for (int i = 0; i < 20 && sessions_.brokers.size() == 2; ++i) Pass(1s);
  const std::size_t count = sessions_.brokers.size();
  ASSERT_GE(count, 3u);
  broker().LetIn();
  broker().far_end = {FarEnd::kRead, 0};
  Pass(1s);
  clock_.Advance(kSessionKeepAlive);
  broker().End(MakeFailure(Stage::kSession, FailReason::kClosed));
  endpoint_->Turn();
  EXPECT_EQ(LastFailure().reason, FailReason::kTimeout);
  EXPECT_FALSE(Last().reacted);
}

TEST_F(RoundTripEndpointTest, ASessionThatOpensInSilenceIsJudgedByItsFarEnd) {
  struct Case {
    FarEnd far_end;
    Phase phase;
    Stage stage;
    FailReason reason;
    bool sampled;
  };
  using enum FarEnd;
  for (const Case& c :
       {Case{kUnaccepted, Phase::kConnecting, Stage::kConnack, FailReason::kUnread, true},
        Case{kRead, Phase::kConnecting, Stage::kConnack, FailReason::kUnanswered, false},
        Case{kCannotSee, Phase::kConnecting, Stage::kConnack, FailReason::kTimeout, false},
        Case{kSynUnanswered, Phase::kConnecting, Stage::kTcp, FailReason::kSynUnanswered, true},
        Case{kRead, Phase::kSubscribing, Stage::kSuback, FailReason::kUnanswered, false},
        Case{kUnread, Phase::kSubscribing, Stage::kSuback, FailReason::kUnread, true}}) {
    SCOPED_TRACE(Name(c.far_end));
    sessions_.let_in = false;
    Make();
    endpoint_->Turn();
    broker().far_end = {c.far_end, 30};
    broker().state.phase = c.phase;
    box_.Clear();
    Pass(799ms);
    EXPECT_TRUE(Rounds().empty());
    Pass(1s);
    ASSERT_EQ(Rounds().size(), 1u);
    EXPECT_EQ(LastFailure().stage, c.stage);
    EXPECT_EQ(LastFailure().reason, c.reason);
    EXPECT_EQ(Last().far_end, c.far_end);
    EXPECT_FALSE(Last().reacted);
    EXPECT_EQ(!box_.All<SilenceSample>().empty(), c.sampled);
  }
}

TEST_F(RoundTripEndpointTest, AnUnreadOpeningIsNeverAbandonedAReadOneIs) {
  sessions_.let_in = false;
  Make();
  endpoint_->Turn();
  broker().far_end = {FarEnd::kUnaccepted, 30};
  Pass(600s);
  EXPECT_EQ(sessions_.brokers.size(), 1u);
  EXPECT_EQ(Rounds().size(), 600u);
  const auto round = Last().round;
  EXPECT_EQ(Rounds().front().round, round) << "nothing new was sent";
  broker().far_end = {FarEnd::kRead, 0};
  Pass(14s);
  EXPECT_EQ(sessions_.brokers.size(), 2u);
}

TEST_F(RoundTripEndpointTest, AnUnansweredSynIsTriedAnewAtAPaceOfItsOwn) {
  sessions_.let_in = false;
  Make();
  Pass(20s);
  for (int i = 0; i < 20; ++i) {
    broker().far_end = {FarEnd::kSynUnanswered, 0};
    Pass(1s);
  }
  EXPECT_GE(sessions_.brokers.size(), 6u);
  EXPECT_EQ(LastFailure().reason, FailReason::kSynUnanswered);
}

TEST_F(RoundTripEndpointTest, RefusalsKeepTheirReason) {
  for (const FailReason reason : {FailReason::kBadCredentials, FailReason::kServerBusy,
                                  FailReason::kNotAuthorised, FailReason::kQuotaExceeded}) {
    sessions_.refuse = MakeFailure(Stage::kConnack, reason);
    Make();
    Pass(1s);
    EXPECT_EQ(LastFailure().stage, Stage::kConnack);
    EXPECT_EQ(LastFailure().reason, reason);
    EXPECT_TRUE(Last().reacted);
  }
}

TEST_F(RoundTripEndpointTest, BadCredentialsAreTriedSeldomAndReportedOften) {
  sessions_.refuse = MakeFailure(Stage::kConnack, FailReason::kBadCredentials);
  Make();
  Pass(60s);
  EXPECT_NEAR(static_cast<double>(Rounds().size()), 60.0, 2.0);
  EXPECT_LE(sessions_.brokers.size(), 30u);
  EXPECT_EQ(LastFailure().fault, Fault::kAgent);
}

TEST_F(RoundTripEndpointTest, SubackRefusedIsAFaultOfTheAgent) {
  sessions_.refuse = MakeFailure(Stage::kSuback, FailReason::kSubackRefused);
  Make();
  Pass(1s);
  EXPECT_EQ(LastFailure().reason, FailReason::kSubackRefused);
  EXPECT_EQ(LastFailure().fault, Fault::kAgent);
}

TEST_F(RoundTripEndpointTest, PubackRefusedFailsTheRoundAtOnce) {
  MakeWorking();
  Pass(500ms);
  broker().state.publish_failure = MakeFailure(Stage::kDelivery, FailReason::kPubackRefused);
  endpoint_->Turn();
  ASSERT_EQ(Rounds().size(), 1u);
  EXPECT_EQ(LastFailure().reason, FailReason::kPubackRefused);
  Pass(400ms);
  EXPECT_EQ(Rounds().size(), 1u);
}

TEST_F(RoundTripEndpointTest, WhatTheLibraryCannotOpenIsAFaultOfTheAgent) {
  sessions_.refusal = "no memory";
  Make();
  Pass(10s);
  EXPECT_EQ(LastFailure().reason, FailReason::kAgentInternal);
  EXPECT_EQ(LastFailure().detail, "no memory");
  EXPECT_LE(Rounds().size(), 11u);
}

TEST_F(RoundTripEndpointTest, ANameIsAFaultOfTheAgent) {
  settings_.host = "broker.example";
  Make();
  Pass(2s);
  EXPECT_EQ(LastFailure().reason, FailReason::kDns);
  EXPECT_EQ(LastFailure().stage, Stage::kResolve);
}

TEST(Payload, OnlyOursIsOurs) {
  const Identity identity = MakeIdentity("host", ~0ULL);
  const std::string payload = EncodePayload(identity, ~0ULL);
  EXPECT_LE(payload.size(), kMaximumPayload);
  EXPECT_EQ(SequenceOf(identity, payload), ~0ULL);
  EXPECT_EQ(SequenceOf(identity, payload + " "), std::nullopt);
  EXPECT_EQ(SequenceOf(identity, payload.substr(1)), std::nullopt);
  EXPECT_EQ(SequenceOf(identity, ""), std::nullopt);
  EXPECT_EQ(SequenceOf(MakeIdentity("host", 1), payload), std::nullopt);
  EXPECT_EQ(SequenceOf(MakeIdentity("other", ~0ULL), payload), std::nullopt);
}

}  // namespace
}  // namespace vitals::mqtt

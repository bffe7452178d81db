// How a standing session is opened, lost, kept and replaced.
#include "tests/unit/probes/mqtt/round_trip_endpoint_fixture.h"

namespace vitals::mqtt {
namespace {

using Phase = SessionState::Phase;

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

TEST_F(RoundTripEndpointTest, AShorterKeepAliveOfTheBrokersIsKeptToByTheRounds) {
  sessions_.server_keep_alive = std::chrono::seconds(30);
  MakeWorking();
  Pass(60s, true);
  EXPECT_EQ(sessions_.brokers.size(), 1u);
  EXPECT_EQ(broker().spec.keep_alive, kSessionKeepAlive);
  // It takes effect with the next session.
  broker().End(MakeFailure(Stage::kSession, FailReason::kReset));
  Pass(2s);
  EXPECT_EQ(broker().spec.keep_alive, std::chrono::seconds(30));
  // By then the library gives a silent connection up after that time.
  broker().far_end = {};
  clock_.Advance(30s);
  broker().End(MakeFailure(Stage::kSession, FailReason::kClosed));
  endpoint_->Turn();
  EXPECT_EQ(LastFailure().reason, FailReason::kTimeout);
}

TEST_F(RoundTripEndpointTest, AKeepAliveThatIsShorterThanAnIntervalIsToldBeforeTheFirstRound) {
  sessions_.server_keep_alive = std::chrono::seconds(30);
  rounds_.interval = 60s;
  Make();
  Pass(1s, true);
  ASSERT_EQ(sessions_.brokers.size(), 2u);
  EXPECT_TRUE(sessions_.brokers[0]->published.empty());
  EXPECT_EQ(broker().spec.keep_alive, std::chrono::seconds(30));
  Pass(600s, true);
  EXPECT_EQ(sessions_.brokers.size(), 2u) << "once is enough";
  EXPECT_FALSE(Last().failure);
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
    if (c.phase == Phase::kSubscribing) broker().state.stage = Stage::kSuback;
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

TEST_F(RoundTripEndpointTest, ALibraryThatHasNotSentConnectYetIsNoSilenceOfTheBroker) {
  sessions_.let_in = false;
  Make();
  endpoint_->Turn();
  broker().far_end = {FarEnd::kNotLooked, 0};
  Pass(1900ms);
  EXPECT_TRUE(Rounds().empty());
  Pass(300ms);
  EXPECT_EQ(LastFailure().reason, FailReason::kAgentInternal);
  EXPECT_EQ(LastFailure().fault, Fault::kAgent);
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

}  // namespace
}  // namespace vitals::mqtt

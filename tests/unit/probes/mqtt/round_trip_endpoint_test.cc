// Rounds over a standing session: what counts, what is late, what is silent.
#include "probes/mqtt/payload.h"
#include "tests/unit/probes/mqtt/round_trip_endpoint_fixture.h"

namespace vitals::mqtt {
namespace {

using Phase = SessionState::Phase;

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

}  // namespace
}  // namespace vitals::mqtt

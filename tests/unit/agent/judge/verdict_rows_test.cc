// Rows of the table of verdicts (docs/verdicts.md) about the broker: make the situation, look.
#include <gmock/gmock.h>

#include "tests/support/judge/expect_verdicts.h"

namespace vitals {
namespace {

using testing::HasSubstr;

TEST(VerdictRows, BootingBrokerIsNeitherStartedNorReadyButLive) {
  Scenario scenario;
  scenario.Broker(kRefused).Log("booting");
  for (int i = 0; i < 10; ++i) scenario.Run(50s).Log("progress");
  ExpectVerdicts(scenario, false, false, true);
  EXPECT_EQ(scenario.now().startup.reason, Reason::kBooting);
}

TEST(VerdictRows, BootStalledFailsLiveness) {
  Scenario scenario;
  scenario.Broker(kRefused).Log("booting").Run(119s);
  ExpectVerdicts(scenario, false, false, true);
  scenario.Run(2s);
  ExpectVerdicts(scenario, false, false, false);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kBootStalled);
}

TEST(VerdictRows, BootStalledOverItsMaximumFailsThoughLinesCome) {
  Scenario scenario;
  scenario.Broker(kRefused).Log("booting");
  for (int i = 0; i < 13; ++i) scenario.Run(50s).Log("storage");
  ExpectVerdicts(scenario, false, false, false);
  EXPECT_THAT(scenario.now().liveness.message, HasSubstr("no progress"));
}

TEST(VerdictRows, WorksWhateverTheLogSays) {
  Scenario scenario;
  scenario.Broker(kWorks).Run(2s);
  ExpectVerdicts(scenario, true, true, true);
  EXPECT_EQ(scenario.now().startup.reason, Reason::kWorks);
}

TEST(VerdictRows, OneDeadTurnsReadinessOffAndIsNamed) {
  Scenario scenario = Scenario::Working(Scenario::DefaultSettings(2));
  scenario.Broker(1, {Path::kRefused, Path::kRefused}).Run(12s);
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_THAT(scenario.now().readiness.message, HasSubstr("accepting/e1"));
  EXPECT_THAT(scenario.now().readiness.message, HasSubstr("tcp: refused"));
}

TEST(VerdictRows, NeverOpenedIsNamedAndNeverKills) {
  Scenario scenario(Scenario::DefaultSettings(2));
  scenario.Broker(0, kWorks).Broker(1, kRefused).Log("booting").Log("identified").Log("started");
  scenario.Run(900s);
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kEndpointNeverWorked);
}

TEST(VerdictRows, NothingKnownIsStartedAfterTheLongestBootAndNeverKills) {
  Scenario scenario;
  scenario.Broker(kRefused).Run(590s);
  ExpectVerdicts(scenario, false, false, true);
  scenario.Run(1000s);
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().startup.reason, Reason::kEndpointNeverWorked);
}

TEST(VerdictRows, NewClientsRefusedByALimitTurnReadinessOff) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kQuota, Path::kWorks}).Run(120s);
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kNotAccepting);
}

TEST(VerdictRows, NewClientsMetWithSilenceNeverKillWhileTheStandingConnectionWorks) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kUnread, Path::kWorks}).Run(900s);
  ExpectVerdicts(scenario, true, false, true);
}

TEST(VerdictRows, StandingSilentBesideWorkingFreshOnesIsFlagged) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kWorks, Path::kUnread}).Run(900s);
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kStandingSilent);
}

TEST(VerdictRows, DeliveryLostTurnsReadinessOffOnly) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kWorks, Path::kUnanswered}).Run(900s);
  ExpectVerdicts(scenario, true, false, true);
}

TEST(VerdictRows, DeliveryLostFailsByOptionIfTwoPathsThatDeliveredAreLost) {
  constexpr Behaviour kLost{Path::kWorks, Path::kLost};
  Settings settings = Scenario::DefaultSettings(2);
  settings.endpoints[1].round_trip = true;
  Scenario off = Scenario::Working(settings);
  off.Broker(kLost).Run(900s);
  ExpectVerdicts(off, true, false, true);
  EXPECT_EQ(off.now().liveness.reason, Reason::kDeliveryLost);

  settings.policy.on_lost_delivery = OnLostDelivery::kFail;
  Scenario on = Scenario::Working(settings);
  on.Broker(1, kLost).Run(900s);
  ExpectVerdicts(on, true, false, true);
  on.Broker(0, kLost).Run(290s);
  ExpectVerdicts(on, true, false, true);
  on.Run(20s);
  ExpectVerdicts(on, true, false, false);
  EXPECT_EQ(on.now().liveness.reason, Reason::kDeliveryLost);
  on.Broker(kWorks).Run(5s);
  ExpectVerdicts(on, true, true, true);
}

TEST(VerdictRows, HungBrokerIsNotReadyWithinThreeSecondsAndFailsAfterTheWindow) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen);
  EXPECT_LE(scenario.RunUntilReady(false, 10s), 3s);
  EXPECT_THAT(scenario.now().readiness.message, HasSubstr("unread"));
  const Duration fails = 3s + scenario.RunUntilLive(false, 100s);
  EXPECT_GE(fails, 58s);
  EXPECT_LE(fails, 65s);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kHung);
  EXPECT_TRUE(scenario.now().startup.ok);
}

TEST(VerdictRows, HungWithAFullAcceptQueue) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kSynUnanswered, Path::kUnread}).Run(70s);
  ExpectVerdicts(scenario, true, false, false);
}

TEST(VerdictRows, HungAndThawedIsReadyWithinThreeSeconds) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen).Run(20s).Broker(kWorks);
  EXPECT_LE(scenario.RunUntilReady(true, 10s), 3s);
  EXPECT_TRUE(scenario.now().liveness.ok);
}

TEST(VerdictRows, OthersServedWhileWeMeetSilenceNeverKills) {
  Scenario scenario = Scenario::Working();
  scenario.Others(Bystanders::kServed).Broker(kFrozen).Run(900s);
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kOthersServed);
  EXPECT_FALSE(scenario.now().outlook.fails_in);
}

TEST(VerdictRows, HungWhereTheFarEndCantBeSeenFailsByTheWeakRule) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kBlind, Path::kBlind});
  const Duration fails = scenario.RunUntilLive(false, 200s);
  EXPECT_GE(fails, 58s);
  EXPECT_LE(fails, 70s);
}

TEST(VerdictRows, UnansweredFailsOnlyAfterItsOwnLongWindow) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kUnanswered, Path::kUnanswered}).Run(290s);
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kUnanswered);
  scenario.Run(20s);
  ExpectVerdicts(scenario, true, false, false);
}

TEST(VerdictRows, FatalFaultPlusFailingMqttFailsAfterTheWindow) {
  Scenario scenario = Scenario::Working();
  scenario.Log("out_of_memory").Broker({Path::kReset, Path::kWorks}).Run(50s);
  ExpectVerdicts(scenario, true, false, true);
  scenario.Run(20s);
  ExpectVerdicts(scenario, true, false, false);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kSupportsRestart);
}

TEST(VerdictRows, FatalFaultAloneChangesNothing) {
  Scenario scenario = Scenario::Working();
  scenario.Log("out_of_memory").Run(300s);
  ExpectVerdicts(scenario, true, true, true);
}

TEST(VerdictRows, FatalFaultMissingResetsNeverKill) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kReset, Path::kWorks}).Run(900s);
  ExpectVerdicts(scenario, true, false, true);
}

TEST(VerdictRows, AnnouncedWorkHoldsLivenessWithinItsBound) {
  Scenario scenario = Scenario::Working();
  scenario.Log("save").Broker(kFrozen).Run(170s);
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kHeld);
  scenario.Run(15s);
  ExpectVerdicts(scenario, true, false, false);
}

TEST(VerdictRows, OverloadTurnsReadinessOffAndNeverKills) {
  Scenario scenario = Scenario::Working();
  scenario.Log("overload").Run(900s);
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kOverloaded);
  scenario.Log("overload_over").Run(1s);
  ExpectVerdicts(scenario, true, true, true);
}

TEST(VerdictRows, StorageFaultFollowsItsPolicy) {
  Scenario scenario = Scenario::Working();
  scenario.Log("storage").Run(1s);
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kStorageFault);
  scenario.Log("storage_good").Run(1s);
  ExpectVerdicts(scenario, true, true, true);

  Settings flag = Scenario::DefaultSettings();
  flag.policy.storage_fault = StorageFault::kFlag;
  Scenario flagged = Scenario::Working(flag);
  flagged.Log("storage").Run(1s);
  ExpectVerdicts(flagged, true, true, true);
  EXPECT_EQ(flagged.Check_("faulted").reason, Reason::kStorageFault);
}

TEST(VerdictRows, ShutdownTurnsReadinessOffAtOnce) {
  Scenario scenario = Scenario::Working();
  scenario.Log("stopping");
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kStopping);
}

TEST(VerdictRows, ShutdownThatHangsFailsAfterTheBound) {
  Settings settings = Scenario::DefaultSettings();
  settings.policy.drain_max = 300s;
  Scenario scenario = Scenario::Working(settings);
  scenario.Log("stopping").Broker(kFrozen).Run(290s);
  ExpectVerdicts(scenario, true, false, true);
  scenario.Run(20s);
  ExpectVerdicts(scenario, true, false, false);
}

TEST(VerdictRows, GoneEndsTheIncarnation) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kRefused);
  EXPECT_LE(scenario.RunUntilReady(false, 10s), 3s);
  scenario.Run(5s);
  ExpectVerdicts(scenario, false, false, true);
  EXPECT_EQ(scenario.now().startup.reason, Reason::kGone);
  scenario.Broker(kWorks).Run(3s);
  ExpectVerdicts(scenario, true, true, true);
}

TEST(VerdictRows, GoneIsNoticedEachTime) {
  Scenario scenario = Scenario::Working();
  for (int i = 0; i < 3; ++i) {
    scenario.Broker(kRefused).Run(12s);
    ExpectVerdicts(scenario, false, false, true);
    scenario.Broker(kWorks).Run(5s);
    ExpectVerdicts(scenario, true, true, true);
  }
}

TEST(VerdictRows, PortsClosedByAnnouncementAreNoEndOfTheBroker) {
  Scenario scenario = Scenario::Working();
  scenario.Log("maintenance").Broker(kRefused).Run(900s);
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kPortsClosed);
}

TEST(VerdictRows, NoLifeCycleLinesMakeTheWindowLonger) {
  Scenario scenario;
  scenario.Broker(kWorks).Run(10s).Broker(kFrozen).Run(100s);
  ExpectVerdicts(scenario, true, false, true);
  scenario.Run(30s);
  ExpectVerdicts(scenario, true, false, false);
}

TEST(VerdictRows, SlowButMovingNeverKills) {
  Scenario scenario = Scenario::Working();
  for (int i = 0; i < 20; ++i) {
    scenario.Broker(kFrozen).Run(50s);
    EXPECT_FALSE(scenario.now().readiness.ok);
    scenario.Broker(kWorks).Run(1s);
    ASSERT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
  }
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().outlook.budget_left, 3);
}

TEST(VerdictRows, ClusterTroubleTouchesNoVerdict) {
  Scenario scenario = Scenario::Working();
  scenario.Log("peers_back").Log("peers_missing").Run(900s);
  ExpectVerdicts(scenario, true, true, true);
  EXPECT_EQ(scenario.Find(ConditionType::kClustered, "members")->status, Status::kFalse);
}

}  // namespace
}  // namespace vitals

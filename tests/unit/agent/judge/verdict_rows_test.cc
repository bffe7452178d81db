// One test for each row of the table of verdicts (docs/verdicts.md): make the situation, look.
#include <gmock/gmock.h>

#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

using testing::HasSubstr;

void ExpectVerdicts(const Scenario& scenario, bool startup, bool ready, bool live) {
  EXPECT_EQ(scenario.now().startup.ok, startup) << scenario.now().startup.message;
  EXPECT_EQ(scenario.now().readiness.ok, ready) << scenario.now().readiness.message;
  EXPECT_EQ(scenario.now().liveness.ok, live) << scenario.now().liveness.message;
}

TEST(VerdictRows, StartingBrokerIsNeitherStartedNorReadyButLive) {
  Scenario scenario;
  scenario.Broker(kRefused).Log("booting");
  for (int i = 0; i < 10; ++i) scenario.Run(50s).Log("progress");
  ExpectVerdicts(scenario, false, false, true);
  EXPECT_EQ(scenario.now().startup.reason, Reason::kBooting);
}

TEST(VerdictRows, BootThatStandsStillFailsLiveness) {
  Scenario scenario;
  scenario.Broker(kRefused).Log("booting").Run(119s);
  ExpectVerdicts(scenario, false, false, true);
  scenario.Run(2s);
  ExpectVerdicts(scenario, false, false, false);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kBootStalled);
}

TEST(VerdictRows, BootOverItsMaximumWithoutProgressFailsLivenessThoughLinesCome) {
  Scenario scenario;
  scenario.Broker(kRefused).Log("booting");
  for (int i = 0; i < 13; ++i) scenario.Run(50s).Log("storage");
  ExpectVerdicts(scenario, false, false, false);
  EXPECT_THAT(scenario.now().liveness.message, HasSubstr("no progress"));
}

TEST(VerdictRows, WorkingBrokerIsStartedReadyAndLiveWhateverTheLogSays) {
  Scenario scenario;
  scenario.Broker(kWorks).Run(2s);
  ExpectVerdicts(scenario, true, true, true);
  EXPECT_EQ(scenario.now().startup.reason, Reason::kWorks);
}

TEST(VerdictRows, OneDeadListenerTurnsReadinessOffAndIsNamed) {
  Scenario scenario = Scenario::Working(Scenario::DefaultSettings(2));
  scenario.Broker(1, {Path::kRefused, Path::kRefused}).Run(12s);
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_THAT(scenario.now().readiness.message, HasSubstr("accepting/e1"));
  EXPECT_THAT(scenario.now().readiness.message, HasSubstr("tcp: refused"));
}

TEST(VerdictRows, EndpointThatNeverOpenedIsNamedAndNeverKills) {
  Scenario scenario(Scenario::DefaultSettings(2));
  scenario.Broker(0, kWorks).Broker(1, kRefused).Log("booting").Log("identified").Log("started");
  scenario.Run(900s);
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kEndpointNeverWorked);
}

TEST(VerdictRows, WrongPortWithoutLogIsStartedAfterTheLongestBootAndNeverKills) {
  Scenario scenario;
  scenario.Broker(kRefused).Run(590s);
  ExpectVerdicts(scenario, false, false, true);
  scenario.Run(1000s);
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().startup.reason, Reason::kEndpointNeverWorked);
}

TEST(VerdictRows, NewClientsRefusedByLimitTurnReadinessOff) {
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

TEST(VerdictRows, SilentStandingConnectionBesideWorkingFreshOnesIsFlagged) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kWorks, Path::kUnread}).Run(900s);
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kStandingSilent);
}

TEST(VerdictRows, LostMessagesTurnReadinessOffOnly) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kWorks, Path::kUnanswered}).Run(900s);
  ExpectVerdicts(scenario, true, false, true);
}

TEST(VerdictRows, LostDeliveryFailsByOptionIfTwoPathsThatDeliveredAreLost) {
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

TEST(VerdictRows, FullAcceptQueueCountsAsHung) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kSynUnanswered, Path::kUnread}).Run(70s);
  ExpectVerdicts(scenario, true, false, false);
}

TEST(VerdictRows, ThawedBrokerIsReadyWithinThreeSeconds) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen).Run(20s).Broker(kWorks);
  EXPECT_LE(scenario.RunUntilReady(true, 10s), 3s);
  EXPECT_TRUE(scenario.now().liveness.ok);
}

TEST(VerdictRows, SilenceForUsWhileOthersAreServedNeverKills) {
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

TEST(VerdictRows, ReadButUnansweredFailsOnlyAfterItsOwnLongWindow) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kUnanswered, Path::kUnanswered}).Run(290s);
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kUnanswered);
  scenario.Run(20s);
  ExpectVerdicts(scenario, true, false, false);
}

TEST(VerdictRows, FatalFaultInTheLogPlusFailingMqttFailsAfterTheWindow) {
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

TEST(VerdictRows, ResetsWithoutAFaultLineNeverKill) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kReset, Path::kWorks}).Run(900s);
  ExpectVerdicts(scenario, true, false, true);
}

TEST(VerdictRows, AnnouncedSaveHoldsLivenessWithinItsBound) {
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

TEST(VerdictRows, AnnouncedShutdownTurnsReadinessOffAtOnce) {
  Scenario scenario = Scenario::Working();
  scenario.Log("stopping");
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kStopping);
}

TEST(VerdictRows, DrainTurnsReadinessOffAtOnceAndHoldsLivenessForItsBound) {
  Settings settings = Scenario::DefaultSettings();
  settings.policy.drain_max = 300s;
  Scenario scenario = Scenario::Working(settings);
  scenario.Send({Command::Kind::kDrain, {}, "", ""});
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kDraining);
  scenario.Broker(kFrozen).Run(290s);
  ExpectVerdicts(scenario, true, false, true);
  scenario.Run(20s);
  ExpectVerdicts(scenario, true, false, false);
}

TEST(VerdictRows, DrainEndsByWordAndAskingAgainDoesNotProlongIt) {
  Settings settings = Scenario::DefaultSettings();
  settings.policy.drain_max = 300s;
  Scenario scenario = Scenario::Working(settings);
  scenario.Send({Command::Kind::kDrain, {}, "", "uid 0"});
  ASSERT_TRUE(scenario.now().drain);
  EXPECT_EQ(scenario.now().drain->by, "uid 0");
  EXPECT_EQ(scenario.Find(ConditionType::kStopping)->reason, Reason::kDraining);
  scenario.Send({Command::Kind::kRelease, {}, "", ""});
  ExpectVerdicts(scenario, true, false, true);  // that ends holds only
  scenario.Send({Command::Kind::kUndrain, {}, "", ""});
  ExpectVerdicts(scenario, true, true, true);
  EXPECT_FALSE(scenario.now().drain);
  scenario.Send({Command::Kind::kDrain, {}, "", ""})
      .Run(200s)
      .Send({Command::Kind::kDrain, {}, "", ""});
  scenario.Run(110s);
  ExpectVerdicts(scenario, true, true, true);
}

TEST(VerdictRows, HoldGoesBeforeADrainAndADrainBeforeABoot) {
  Scenario scenario = Scenario::Working();
  scenario.Send({Command::Kind::kDrain, {}, "", ""}).Send({Command::Kind::kHold, 60s, "why", "me"});
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kHeldByPerson);
  scenario.Run(61s);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kDraining);
  EXPECT_FALSE(scenario.now().hold);
}

TEST(VerdictRows, AnInvalidConfigurationIsFlaggedAndCostsNoVerdict) {
  Scenario scenario = Scenario::Working();
  scenario.Send(ConfigurationRead{{}, "agent.yaml:3: unknown key 'polcy'"});
  ExpectVerdicts(scenario, true, true, true);
  EXPECT_EQ(scenario.Check_("observed").reason, Reason::kConfigInvalid);
  const Condition* observed = scenario.Find(ConditionType::kObserved);
  EXPECT_EQ(observed->status, Status::kFalse);
  EXPECT_EQ(observed->reason, Reason::kConfigInvalid);
  EXPECT_EQ(observed->message, "agent.yaml:3: unknown key 'polcy'");
  scenario.Send(ConfigurationRead{});
  EXPECT_NE(scenario.Find(ConditionType::kObserved)->reason, Reason::kConfigInvalid);
}

TEST(VerdictRows, BrokerStuckInItsShutdownFailsAfterTheBound) {
  Settings settings = Scenario::DefaultSettings();
  settings.policy.drain_max = 300s;
  Scenario scenario = Scenario::Working(settings);
  scenario.Log("stopping").Broker(kFrozen).Run(290s);
  ExpectVerdicts(scenario, true, false, true);
  scenario.Run(20s);
  ExpectVerdicts(scenario, true, false, false);
}

TEST(VerdictRows, AllPortsRefusedEndsTheIncarnation) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kRefused);
  EXPECT_LE(scenario.RunUntilReady(false, 10s), 3s);
  scenario.Run(5s);
  ExpectVerdicts(scenario, false, false, true);
  EXPECT_EQ(scenario.now().startup.reason, Reason::kGone);
  scenario.Broker(kWorks).Run(3s);
  ExpectVerdicts(scenario, true, true, true);
}

TEST(VerdictRows, EndedIncarnationIsNoticedEachTime) {
  Scenario scenario = Scenario::Working();
  for (int i = 0; i < 3; ++i) {
    scenario.Broker(kRefused).Run(12s);
    ExpectVerdicts(scenario, false, false, true);
    scenario.Broker(kWorks).Run(5s);
    ExpectVerdicts(scenario, true, true, true);
  }
}

TEST(VerdictRows, PortsThatTheLogExplainsAreNoEndOfTheBroker) {
  Scenario scenario = Scenario::Working();
  scenario.Log("maintenance").Broker(kRefused).Run(900s);
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kPortsClosed);
}

TEST(VerdictRows, OurRefusedCredentialsKeepTheVerdictsAndAreFlagged) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kBadPassword, Path::kBadPassword}).Run(900s);
  ExpectVerdicts(scenario, true, true, true);
  EXPECT_EQ(scenario.Find(ConditionType::kObserved)->status, Status::kFalse);
  EXPECT_EQ(scenario.Find(ConditionType::kObserved)->reason, Reason::kAgentFault);
  ASSERT_EQ(scenario.now().agent_faults.size(), 1u);
  EXPECT_EQ(scenario.now().agent_faults[0], FailReason::kBadCredentials);
}

TEST(VerdictRows, RefusedCredentialsFromTheStartFollowTheLog) {
  Scenario with_log;
  with_log.Log("booting", true).Log("identified", true).Log("started", true);
  with_log.Broker({Path::kBadPassword, Path::kBadPassword}).Run(10s);
  ExpectVerdicts(with_log, true, true, true);

  Scenario without_log;
  without_log.Broker({Path::kBadPassword, Path::kBadPassword}).Run(10s);
  ExpectVerdicts(without_log, true, false, true);
  EXPECT_EQ(without_log.now().readiness.reason, Reason::kAgentFault);
}

TEST(VerdictRows, WithoutLifeCycleLinesTheWindowIsLonger) {
  Scenario scenario;
  scenario.Broker(kWorks).Run(10s).Broker(kFrozen).Run(100s);
  ExpectVerdicts(scenario, true, false, true);
  scenario.Run(30s);
  ExpectVerdicts(scenario, true, false, false);
}

TEST(VerdictRows, StarvedAgentNeitherKillsNorKeepsReadyForEver) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen).Run(300s, 300ms);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
  Scenario deaf = Scenario::Working();
  deaf.Run(1s, 31s);
  ExpectVerdicts(deaf, true, false, true);
  EXPECT_EQ(deaf.now().readiness.reason, Reason::kAgentLate);
}

TEST(VerdictRows, SuspendedAgentDoesNotCountTheTimeItMissed) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen).Run(5s).Suspend(3600s).Run(20s);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
}

TEST(VerdictRows, PersonsHoldIsCutToThePolicyAndEndsByWord) {
  Settings settings = Scenario::DefaultSettings();
  settings.policy.hold_max = 300s;
  Scenario scenario = Scenario::Working(settings);
  scenario.Send({Command::Kind::kHold, 3600s, "heap dump", "uid 0"});
  ASSERT_TRUE(scenario.now().hold);
  EXPECT_EQ(scenario.now().hold->until - scenario.now().hold->since, 300s);
  EXPECT_EQ(scenario.now().hold->reason, "heap dump");
  scenario.Broker(kFrozen).Run(100s);
  ExpectVerdicts(scenario, true, false, true);
  scenario.Send({Command::Kind::kRelease, {}, "", ""});
  ExpectVerdicts(scenario, true, false, false);
}

TEST(VerdictRows, PersonsHoldIsBounded) {
  Scenario scenario = Scenario::Working();
  scenario.Send({Command::Kind::kHold, 300s, "heap dump", ""}).Broker(kFrozen).Run(290s);
  ExpectVerdicts(scenario, true, false, true);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kHeldByPerson);
  scenario.Run(20s);
  ExpectVerdicts(scenario, true, false, false);
}

}  // namespace
}  // namespace vitals

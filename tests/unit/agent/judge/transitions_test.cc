// The rules behind the rows: hysteresis, incarnations, log conditions, budget, mode.
#include <gmock/gmock.h>

#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

TEST(Hysteresis, OneFailedRoundChangesNothing) {
  Scenario scenario = Scenario::Working();
  // The deadline of 0.8 s passes once; the round is answered before the second failure.
  scenario.Broker({Path::kWorks, Path::kUnread}).Run(1200ms).Broker(kWorks);
  for (int i = 0; i < 50; ++i) {
    scenario.Run(100ms);
    ASSERT_TRUE(scenario.now().readiness.ok) << scenario.now().readiness.message;
  }
}

TEST(Hysteresis, DeliveryComesBackAtTheThirdGoodRound) {
  Settings settings = Scenario::DefaultSettings();
  settings.policy.recover_after = 3;
  Scenario scenario = Scenario::Working(settings);
  scenario.Broker({Path::kWorks, Path::kUnread}).Run(5s);
  ASSERT_EQ(scenario.Find(ConditionType::kDelivering, "e0")->status, Status::kFalse);
  scenario.Broker(kWorks);
  const Duration back = scenario.RunUntilReady(true, 10s);
  EXPECT_GE(back, 1s);  // rounds at 0, 0.5 and 1 s
  EXPECT_LE(back, 1500ms);
}

TEST(Hysteresis, AlternatingConnectsAreJudgedByTheLastSix) {
  Scenario scenario = Scenario::Working();
  // Every second connect is reset: consecutive counters would never fire.
  for (int i = 0; i < 12; ++i) {
    scenario.Broker({i % 2 == 0 ? Path::kReset : Path::kWorks, Path::kWorks}).Run(200ms);
  }
  EXPECT_EQ(scenario.Find(ConditionType::kAccepting, "e0")->status, Status::kFalse);
  // Six good connects in a row bring it back, not one.
  scenario.Broker(kWorks).Run(100ms);
  EXPECT_EQ(scenario.Find(ConditionType::kAccepting, "e0")->status, Status::kFalse);
  scenario.Run(3s);
  EXPECT_EQ(scenario.Find(ConditionType::kAccepting, "e0")->status, Status::kTrue);
}

// The standing connection is one client that got in, beside fresh ones that did not.
TEST(Hysteresis, StandingConnectionDoesNotOutvoteFreshConnectsThatFail) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kBadPassword, Path::kBadPassword}).RestartAgent(60s);
  scenario.Run(5s).Broker({Path::kQuota, Path::kServerUnavailable}).Run(800ms);
  ASSERT_FALSE(scenario.now().readiness.ok);
  scenario.Broker({Path::kQuota, Path::kWorks});
  EXPECT_EQ(scenario.RunUntilReady(true, 60s), 60s) << "new clients are refused all the time";
  scenario.Broker(kWorks).Run(1s);
  EXPECT_TRUE(scenario.now().readiness.ok) << scenario.now().readiness.message;
}

TEST(Hysteresis, SinceIsTheMomentOfTheLastChangeOnly) {
  Scenario scenario = Scenario::Working();
  const Time since = scenario.now().readiness.since;
  scenario.Run(30s);
  EXPECT_EQ(scenario.now().readiness.since, since);
  scenario.Log("overload");
  EXPECT_GT(scenario.now().readiness.since, since);
}

TEST(Boot, IsMonotone) {
  Scenario scenario = Scenario::Working();
  scenario.Log("stopping").Log("started").Run(1s);
  EXPECT_FALSE(scenario.now().readiness.ok);
  EXPECT_EQ(scenario.now().readiness.reason, Reason::kStopping);
}

TEST(Boot, StopLineThatMqttContradictsIsDroppedAndIgnoredForAnHour) {
  Scenario scenario = Scenario::Working();
  scenario.Log("stopping").Run(10s);
  EXPECT_FALSE(scenario.now().readiness.ok);
  scenario.Run(20s);
  EXPECT_TRUE(scenario.now().readiness.ok) << scenario.now().readiness.message;
  EXPECT_EQ(scenario.Find(ConditionType::kStopping)->reason, Reason::kContradicted);
  scenario.Run(3000s).Log("stopping").Run(1s);
  EXPECT_TRUE(scenario.now().readiness.ok);
  scenario.Run(700s).Log("stopping").Run(1s);
  EXPECT_FALSE(scenario.now().readiness.ok);
}

TEST(Boot, SecondInstanceThatGivesUpInTheSameLogChangesNothing) {
  Scenario scenario = Scenario::Working();
  LogProgress followed;
  followed.files = 1;
  scenario.Progress(followed);
  scenario.Log("booting").Run(3s).Log("cancelled").Run(30s);
  EXPECT_TRUE(scenario.now().readiness.ok);
  EXPECT_TRUE(scenario.now().startup.ok);
  EXPECT_THAT(scenario.Find(ConditionType::kObserved)->message,
              testing::HasSubstr("second instance"));
}

// The connection that a young agent has just opened was never another one.
TEST(Boot, SecondInstanceRightAfterTheAgentsStartChangesNothing) {
  Scenario scenario;
  scenario.Log("started", true).Broker(kWorks).Run(2s);
  ASSERT_TRUE(scenario.now().readiness.ok) << scenario.now().readiness.message;
  scenario.Log("booting").Log("identified");
  EXPECT_TRUE(scenario.now().startup.ok);
  scenario.Log("cancelled").Run(3s);
  EXPECT_TRUE(scenario.now().readiness.ok);
}

TEST(Boot, FastRestartIsANewIncarnationOnceTheStandingConnectionIsLost) {
  Scenario scenario = Scenario::Working();
  scenario.Log("booting").Log("identified").Log("started");
  EXPECT_TRUE(scenario.now().startup.ok) << "the old boot stands until our connection is lost";
  scenario.Broker({Path::kWorks, Path::kRefused}).Run(300ms);
  scenario.Broker(kWorks).Run(2s);
  EXPECT_TRUE(scenario.now().readiness.ok);
  // The holds and faults of the old boot are gone with it.
  scenario.Log("storage").Log("booting").Log("identified").Log("started");
  EXPECT_FALSE(scenario.now().readiness.ok);
  scenario.Broker({Path::kWorks, Path::kRefused}).Run(1s);
  scenario.Broker(kWorks).Run(2s);
  EXPECT_TRUE(scenario.now().readiness.ok) << scenario.now().readiness.message;
}

TEST(Boot, StopLineThatComesAfterTheRefusalsBelongsToTheOldBoot) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kRefused).Run(5s);
  ASSERT_EQ(scenario.now().startup.reason, Reason::kGone);
  scenario.Log("stopping").Log("stopped").Run(1s);
  EXPECT_EQ(scenario.now().startup.reason, Reason::kGone);
  scenario.Broker(kWorks).Run(3s);
  EXPECT_TRUE(scenario.now().readiness.ok) << scenario.now().readiness.message;
}

TEST(Boot, LookBackTellsThePresentState) {
  Scenario scenario;
  scenario.Broker(kRefused);
  scenario.Log("booting", true).Log("identified", true).Log("started", true).Run(100ms);
  EXPECT_TRUE(scenario.now().startup.ok);
  EXPECT_EQ(scenario.now().startup.reason, Reason::kAnnounced);
}

TEST(Boot, LookBackThatEndsInAShutdownTellsOfNoStartedBroker) {
  Scenario scenario;
  scenario.Broker(kRefused);
  scenario.Log("booting", true).Log("started", true).Log("stopping", true).Run(10s);
  EXPECT_FALSE(scenario.now().startup.ok);
  EXPECT_EQ(scenario.now().startup.reason, Reason::kStopping);
  EXPECT_TRUE(scenario.now().liveness.ok);
  scenario.Log("booting").Log("identified").Log("started").Broker(kWorks).Run(2s);
  EXPECT_TRUE(scenario.now().readiness.ok) << scenario.now().readiness.message;
}

TEST(Boot, LookBackDoesNotUndoWhatTheAgentHasSeenItself) {
  Scenario scenario;
  scenario.Broker(kWorks).Run(1s);
  ASSERT_TRUE(scenario.now().readiness.ok);
  scenario.Log("booting", true);
  EXPECT_TRUE(scenario.now().readiness.ok) << scenario.now().readiness.message;
}

TEST(Boot, LookBackStartsNoWindowsAndNoHolds) {
  Scenario scenario;
  scenario.Log("booting", true).Log("started", true).Log("save", true);
  scenario.Log("thrice", true).Log("thrice", true).Log("thrice", true);
  EXPECT_EQ(scenario.Find(ConditionType::kBusy, "save"), nullptr);
  EXPECT_EQ(scenario.Find(ConditionType::kOverloaded, "thrice"), nullptr);
}

TEST(LogConditions, CountWithinAWindow) {
  Scenario scenario = Scenario::Working();
  scenario.Log("thrice").Run(6s).Log("thrice").Run(6s).Log("thrice");
  EXPECT_EQ(scenario.Find(ConditionType::kOverloaded, "thrice"), nullptr);
  scenario.Log("thrice");
  EXPECT_EQ(scenario.Find(ConditionType::kOverloaded, "thrice")->status, Status::kTrue);
}

TEST(LogConditions, ShowTheBrokersLineOnlyToWhoAskedForIt) {
  Scenario discreet = Scenario::Working();
  discreet.Log("storage");
  EXPECT_EQ(discreet.Find(ConditionType::kFaulted, "storage")->message, "storage (rule storage)");
  EXPECT_THAT(discreet.now().readiness.message, testing::Not(testing::HasSubstr("line of")));

  Settings settings = Scenario::DefaultSettings();
  settings.output.broker_lines = true;
  Scenario open = Scenario::Working(settings);
  open.Log("storage");
  EXPECT_EQ(open.Find(ConditionType::kFaulted, "storage")->message, "line of storage");
}

TEST(LogConditions, NameTheListenerThatTheBrokerCouldNotOpen) {
  Scenario scenario = Scenario::Working();
  scenario.Log("listener_failed", false, {{"port", "1883"}});
  ASSERT_NE(scenario.Find(ConditionType::kFaulted, "listener-e0"), nullptr);
  EXPECT_EQ(scenario.Find(ConditionType::kFaulted, "listener-e0")->status, Status::kTrue);
  EXPECT_TRUE(scenario.now().readiness.ok) << "whether clients get in is for MQTT to say";
  scenario.Log("listener_opened", false, {{"port", "1883"}});
  EXPECT_EQ(scenario.Find(ConditionType::kFaulted, "listener-e0")->status, Status::kFalse);
  const auto before = scenario.now().conditions.size();
  scenario.Log("listener_failed", false, {{"port", "4444"}});
  EXPECT_EQ(scenario.now().conditions.size(), before) << "nobody looks at that port";
}

TEST(LogConditions, ClearsAfterQuiet) {
  Scenario scenario = Scenario::Working();
  scenario.Log("quiet").Run(20s).Log("quiet").Run(29s);
  EXPECT_EQ(scenario.Find(ConditionType::kOverloaded, "quiet")->status, Status::kTrue);
  scenario.Run(2s);
  EXPECT_EQ(scenario.Find(ConditionType::kOverloaded, "quiet")->status, Status::kFalse);
}

TEST(LogConditions, ClearsAfterItsLifeHoweverOftenItIsRepeated) {
  Scenario scenario = Scenario::Working();
  scenario.Log("brief").Run(15s).Log("brief").Run(4s);
  EXPECT_EQ(scenario.Find(ConditionType::kOverloaded, "brief")->status, Status::kTrue);
  scenario.Run(2s);
  EXPECT_EQ(scenario.Find(ConditionType::kOverloaded, "brief")->status, Status::kFalse);
}

// Mosquitto on a full disk: each save announces itself and then fails.
TEST(LogConditions, AClearThatWaitsIsTakenBackByTheNextLineThatSets) {
  Scenario scenario = Scenario::Working();
  scenario.Log("storage");
  const Time since = scenario.Find(ConditionType::kFaulted, "storage")->since;
  for (int save = 0; save < 3; ++save) {
    scenario.Log("saving").Run(4s).Log("storage").Run(120s);
    ASSERT_EQ(scenario.Find(ConditionType::kFaulted, "storage")->status, Status::kTrue);
    ASSERT_EQ(scenario.Find(ConditionType::kFaulted, "storage")->since, since);
    ASSERT_FALSE(scenario.now().readiness.ok);
  }
  // The time runs from the first attempt that no error followed.
  scenario.Log("saving").Run(30s).Log("saving").Run(29s);
  EXPECT_EQ(scenario.Find(ConditionType::kFaulted, "storage")->status, Status::kTrue);
  scenario.Run(2s);
  EXPECT_EQ(scenario.Find(ConditionType::kFaulted, "storage")->status, Status::kFalse);
  EXPECT_TRUE(scenario.now().readiness.ok);
}

TEST(LogConditions, AClearWaitsForNothingInALookBack) {
  Scenario scenario;
  scenario.Log("started", true).Log("storage", true).Log("saving", true);
  EXPECT_EQ(scenario.Find(ConditionType::kFaulted, "storage")->status, Status::kFalse);
  scenario.Log("storage", true);
  EXPECT_EQ(scenario.Find(ConditionType::kFaulted, "storage")->status, Status::kTrue);
}

TEST(Conditions, NewBootCountsFailedRoundsAnew) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kWorks, Path::kReset}).Run(3s).Broker(kRefused).Run(3s);
  ASSERT_EQ(scenario.now().startup.reason, Reason::kGone);
  scenario.Broker({Path::kWorks, Path::kBadPassword}).Run(1s);
  const std::string message = scenario.Find(ConditionType::kDelivering, "e0")->message;
  EXPECT_EQ(message.find(", 0 rounds"), std::string::npos) << message;
}

TEST(Conditions, TellTheSameReasonAsTheChecks) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kWorks, Path::kUnread}).Run(60s);
  EXPECT_EQ(scenario.Find(ConditionType::kDelivering, "e0")->reason, Reason::kStandingSilent);
  EXPECT_EQ(scenario.Check_("delivering/e0").reason, Reason::kStandingSilent);
}

}  // namespace
}  // namespace vitals

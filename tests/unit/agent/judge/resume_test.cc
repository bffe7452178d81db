// What a judge that continues another one's work keeps, and what it must see for itself.
#include <gmock/gmock.h>

#include <random>

#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

using testing::HasSubstr;

TEST(Resume, RestartOfTheAgentFlapsNoVerdict) {
  Scenario scenario = Scenario::Working();
  scenario.Run(60s);
  const Time since = scenario.now().readiness.since;
  EXPECT_EQ(scenario.RestartAgent(2s), "");
  EXPECT_TRUE(scenario.now().startup.ok);
  EXPECT_TRUE(scenario.now().readiness.ok) << scenario.now().readiness.message;
  EXPECT_TRUE(scenario.now().liveness.ok);
  EXPECT_EQ(scenario.now().readiness.since, since);
  scenario.Run(60s);
  EXPECT_TRUE(scenario.now().readiness.ok);
}

TEST(Resume, SilenceThatWasCountedStaysAndTheTimeBetweenIsLeftOut) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen).Run(50s).RestartAgent(20s);
  EXPECT_NEAR(Seconds(scenario.now().outlook.read_silence), 50, 2);
  const Duration fails = scenario.RunUntilLive(false, 100s);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kHung);
  EXPECT_GE(fails, 10s) << "needs fresh proof";
  EXPECT_LE(fails, 25s) << "needs no whole window again";
}

TEST(Resume, NothingFailsBeforeTenSecondsOfFreshProof) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kUnanswered, Path::kUnanswered}).Run(295s).RestartAgent(2s);
  const Duration fails = scenario.RunUntilLive(false, 100s);
  EXPECT_GE(fails, 10s);
  EXPECT_LE(fails, 15s);
}

TEST(Resume, ReactionEndsWhatWasInherited) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen).Run(50s).RestartAgent(1s);
  scenario.Broker(kWorks).Run(5s).Broker(kFrozen);
  EXPECT_GE(scenario.RunUntilLive(false, 100s), 55s);
}

TEST(Resume, FailureStandsUntilAReaction) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen).Run(70s);
  ASSERT_FALSE(scenario.now().liveness.ok);
  const int left = scenario.now().outlook.budget_left;
  scenario.RestartAgent(3s);
  EXPECT_FALSE(scenario.now().liveness.ok);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kHung);
  EXPECT_EQ(scenario.now().outlook.budget_left, left);
  scenario.Broker(kWorks).Run(2s);
  EXPECT_TRUE(scenario.now().liveness.ok);
}

TEST(Resume, HoldsAndTheirBoundsSurvive) {
  Scenario scenario = Scenario::Working();
  scenario.Log("save").Broker(kFrozen).Run(100s).RestartAgent(20s);
  scenario.Run(55s);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kHeld);
  scenario.Run(30s);
  EXPECT_FALSE(scenario.now().liveness.ok) << "the bound of the hold runs on, whoever looks";
}

TEST(Resume, AClearThatWaitsWaitsOn) {
  Scenario scenario = Scenario::Working();
  scenario.Log("storage").Log("saving").Run(30s).RestartAgent(5s);
  EXPECT_EQ(scenario.Find(ConditionType::kFaulted, "storage")->status, Status::kTrue);
  scenario.Run(30s);
  EXPECT_EQ(scenario.Find(ConditionType::kFaulted, "storage")->status, Status::kFalse);
}

TEST(Resume, LookBackOfKnownLinesChangesNothing) {
  Scenario scenario = Scenario::Working();
  scenario.Log("storage").Log("storage_good").Log("save").Broker(kFrozen).Run(30s);
  const Time started = scenario.Find(ConditionType::kStarted)->since;
  scenario.RestartAgent(5s);
  scenario.Log("booting", true).Log("identified", true).Log("started", true);
  scenario.Log("storage", true).Log("storage_good", true).Log("save", true).Run(60s);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kHeld) << "the hold was kept";
  EXPECT_TRUE(scenario.now().startup.ok);
  EXPECT_GT(scenario.Find(ConditionType::kStarted)->since, started);
}

TEST(Resume, LinesThatCameMeanwhileAreNews) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kWorks).Run(5s).RestartAgent(5s);
  scenario.Broker(kFrozen);
  scenario.Log("booting", true).Log("identified", true).Log("started", true).Log("save", true);
  scenario.Run(100s);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kHeld) << "announced while nobody judged";
}

TEST(Resume, BrokerThatRestartedMeanwhileIsANewIncarnation) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kFrozen).Run(50s).RestartAgent(5s);
  // Another boot has another first line: the rules of this test show their own ids.
  scenario.LogLine("booting", "the first line of another boot", true).Log("identified", true);
  scenario.Log("started", true).Run(20s);
  EXPECT_TRUE(scenario.now().liveness.ok);
  EXPECT_LE(scenario.now().outlook.read_silence, 21s);
}

TEST(Resume, AfterALongAbsenceOnlyMemoriesAndPromisesAreKept) {
  Scenario scenario = Scenario::Working();
  scenario.Send({Command::Kind::kHold, 3600s, "heap dump", ""}).Broker(kFrozen).Run(50s);
  scenario.RestartAgent(600s);
  EXPECT_LE(scenario.now().outlook.read_silence, 1s);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kHeldByPerson);
  EXPECT_TRUE(scenario.now().listeners[0].reacted);
  EXPECT_FALSE(scenario.now().readiness.ok);
  scenario.Broker(kWorks).Run(3s);
  EXPECT_TRUE(scenario.now().readiness.ok) << scenario.now().readiness.message;
}

TEST(Resume, BudgetIsKeptEvenWhereTheRestIsForeign) {
  Settings settings = Scenario::DefaultSettings();
  settings.policy.kill_budget = 1;
  Scenario scenario = Scenario::Working(settings);
  scenario.Broker(kFrozen).Run(70s);
  ASSERT_EQ(scenario.now().outlook.budget_left, 0);
  const std::string complaint = scenario.RestartAgent(3s, [](std::string& saved) {
    saved.replace(saved.find("\"endpoints_hash\":") + 17, 1, "9");
  });
  EXPECT_THAT(complaint, HasSubstr("other endpoints"));
  EXPECT_TRUE(scenario.now().liveness.ok);
  EXPECT_EQ(scenario.now().outlook.budget_left, 0);
}

TEST(Resume, OtherBootOfTheMachineIsForeign) {
  Scenario scenario = Scenario::Working();
  const std::string complaint = scenario.RestartAgent(3s, [](std::string& saved) {
    const std::string own = "\"boot_id\":\"boot\"";
    saved.replace(saved.find(own), own.size(), "\"boot_id\":\"other\"");
  });
  EXPECT_THAT(complaint, HasSubstr("another boot"));
  EXPECT_THAT(complaint, HasSubstr("starts afresh"));
  EXPECT_FALSE(scenario.now().readiness.ok);
}

TEST(Resume, BrokenTextNeverDoesMoreThanStartAfresh) {
  std::mt19937 random(1);
  for (int i = 0; i < 100; ++i) {
    Scenario scenario = Scenario::Working(Scenario::DefaultSettings(2));
    scenario.Log("save").Log("storage").Broker(kFrozen).Run(2s);
    scenario.RestartAgent(1s, [&](std::string& saved) {
      if (i == 0) saved.clear();
      for (int n = 0; n < i % 5 && !saved.empty(); ++n) {
        saved[random() % saved.size()] = static_cast<char>(random() % 256);
      }
      if (i % 7 == 0) saved.resize(random() % (saved.size() + 1));
    });
    scenario.Run(1s);
    EXPECT_TRUE(scenario.now().liveness.ok);
  }
}

TEST(Resume, TextIsBoundedForManyEndpoints) {
  Scenario scenario = Scenario::Working(Scenario::DefaultSettings(64));
  EXPECT_EQ(scenario.RestartAgent(1s), "");
  Scenario vast = Scenario::Working(Scenario::DefaultSettings(150));
  EXPECT_THAT(vast.RestartAgent(1s), HasSubstr("other endpoints"));
}

}  // namespace
}  // namespace vitals

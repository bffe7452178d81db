// What the broker's process adds to the judgement, where it can be seen.
#include <gmock/gmock.h>

#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

constexpr ProcessIdentity kWrapper{10, 100};

ProcessLook Seen(std::int32_t pid, Duration age, std::optional<double> cpu = 0.5,
                 bool disk_sleep = false, ProcessIdentity owner = kWrapper) {
  return {"", {pid, static_cast<std::uint64_t>(pid) * 1000}, owner, age, cpu, disk_sleep};
}

// Looks every 5 s.
void RunSeen(Scenario& scenario, Duration length, ProcessLook look) {
  for (Duration past{}; past < length; past += 5s) {
    scenario.Send(look).Run(5s);
    look.age += 5s;
  }
}

// Every port refused and a boot line: a boot of which nobody reacts.
Scenario Booting(const ProcessLook& look) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kRefused).Run(15s).Log("booting").Send(look);
  return scenario;
}

TEST(Process, AnotherOneIsANewIncarnation) {
  Scenario scenario = Scenario::Working();
  scenario.Send(Seen(1, 3600s)).Broker(kFrozen).Run(50s);
  ASSERT_TRUE(scenario.now().startup.ok);
  scenario.Send(Seen(2, 2s));
  EXPECT_FALSE(scenario.now().startup.ok) << "it boots";
  scenario.Run(20s);
  EXPECT_TRUE(scenario.now().liveness.ok) << "the window starts over";
}

TEST(Process, TheSameOneChangesNothing) {
  Scenario scenario = Scenario::Working();
  scenario.Send(Seen(1, 3600s)).Broker(kFrozen).Run(50s).Send(Seen(1, 3600s)).Run(15s);
  EXPECT_FALSE(scenario.now().liveness.ok);
}

TEST(Process, AFailureEndsWithTheProcess) {
  Scenario scenario = Scenario::Working();
  scenario.Send(Seen(1, 3600s)).Broker(kFrozen).Run(70s);
  ASSERT_FALSE(scenario.now().liveness.ok);
  scenario.Send(Seen(2, 1s));
  EXPECT_TRUE(scenario.now().liveness.ok) << "it was the other one that hung";
}

TEST(Process, ARestartThatPortsAndLogHaveToldIsNotTakenTwice) {
  Scenario scenario = Scenario::Working();
  scenario.Send(Seen(1, 3600s)).Broker(kRefused).Run(3s);
  scenario.Log("booting").Log("identified").Log("started").Broker(kWorks);
  ASSERT_LT(scenario.RunUntilReady(true, 30s), 30s);
  scenario.Send(Seen(2, 2s)).Run(100ms);
  EXPECT_TRUE(scenario.now().readiness.ok) << scenario.now().readiness.message;
  EXPECT_TRUE(scenario.now().startup.ok);
}

TEST(Process, OneThatWasBackBeforeAnybodyLookedStaysReady) {
  Scenario scenario = Scenario::Working();
  scenario.Send(Seen(1, 3600s)).Log("storage").Run(30s);
  ASSERT_FALSE(scenario.now().readiness.ok);
  scenario.Send(Seen(2, 20s)).Run(100ms);
  EXPECT_TRUE(scenario.now().readiness.ok) << "the fault was that of the process before";
  EXPECT_TRUE(scenario.now().startup.ok);
}

TEST(Process, ASilentBootThatComputesIsNotFailed) {
  Scenario scenario = Booting(Seen(1, 1s));
  RunSeen(scenario, 200s, Seen(1, 1s, 0.02));
  EXPECT_TRUE(scenario.now().liveness.ok);
  RunSeen(scenario, 110s, Seen(1, 200s, 0.002));
  EXPECT_TRUE(scenario.now().liveness.ok) << "idle for less than the stall";
  RunSeen(scenario, 20s, Seen(1, 310s, 0.002));
  EXPECT_FALSE(scenario.now().liveness.ok);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kBootStalled);
}

TEST(Process, ASilentBootThatWaitsForADiskIsNotFailed) {
  Scenario scenario = Booting(Seen(1, 1s));
  RunSeen(scenario, 300s, Seen(1, 1s, 0.0, true));
  EXPECT_TRUE(scenario.now().liveness.ok);
}

TEST(Process, ABootThatCantBeSeenIsJudgedByItsLog) {
  Scenario scenario = Booting(ProcessLook{"no process that the agent sees", {}, {}, {}, {}, {}});
  RunSeen(scenario, 130s, ProcessLook{"no process that the agent sees", {}, {}, {}, {}, {}});
  EXPECT_FALSE(scenario.now().liveness.ok);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kBootStalled);
}

TEST(Process, LooksThatStoppedComingSayNothing) {
  Scenario scenario = Booting(Seen(1, 1s));
  scenario.Run(130s);
  EXPECT_FALSE(scenario.now().liveness.ok);
}

// Time that nobody has lived through is no time in which the process did nothing.
TEST(Process, ASuspendedAgentHasSeenNoIdleProcess) {
  Scenario scenario = Booting(Seen(1, 1s));
  RunSeen(scenario, 30s, Seen(1, 1s, 0.0));
  scenario.Suspend(200s);
  RunSeen(scenario, 60s, Seen(1, 231s, 0.0));
  EXPECT_TRUE(scenario.now().liveness.ok);
}

// Boots of 20 s, each with progress in its log, started anew by `owner`.
void CrashLoop(Scenario& scenario, int boots, ProcessIdentity owner, std::int32_t pid = 100) {
  for (int boot = 0; boot < boots; ++boot) {
    scenario.Log("booting").Log("progress");
    RunSeen(scenario, 20s, Seen(pid + boot, 1s, 0.5, false, owner));
  }
}

Scenario Fallen(ProcessIdentity owner) {
  Settings settings = Scenario::DefaultSettings();
  settings.policy.boot_max = 150s;
  Scenario scenario = Scenario::Working(settings);
  scenario.Send(Seen(1, 3600s, 0.5, false, owner)).Broker(kRefused).Run(15s);
  return scenario;
}

TEST(Process, ACrashLoopThatNobodyElseSeesIsBoundedByBootMax) {
  Scenario scenario = Fallen(kWrapper);
  CrashLoop(scenario, 6, kWrapper);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
  CrashLoop(scenario, 4, kWrapper);
  EXPECT_FALSE(scenario.now().liveness.ok);
  EXPECT_EQ(scenario.now().liveness.reason, Reason::kBootStalled);
  EXPECT_THAT(scenario.now().liveness.message, testing::HasSubstr("boots in a row"));
  // The kubelet takes a minute to act: the next boots must not end the failure, nor pay again.
  for (int i = 0; i < 5; ++i) {
    CrashLoop(scenario, 1, kWrapper, 200 + i);
    EXPECT_FALSE(scenario.now().liveness.ok);
  }
  EXPECT_EQ(scenario.now().outlook.budget_left, 2);
  // It has acted: another wrapper, whose boot the log has told of before the look.
  CrashLoop(scenario, 1, {11, 200}, 300);
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
}

TEST(Process, ACrashLoopThatTheKubeletSeesIsItsOwn) {
  Scenario scenario = Fallen({});
  CrashLoop(scenario, 12, {});
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
}

TEST(Process, AContainerThatWasStartedAnewBeginsAtTheFirstBoot) {
  Scenario scenario = Fallen(kWrapper);
  CrashLoop(scenario, 6, kWrapper);
  CrashLoop(scenario, 6, {11, 200});
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
}

TEST(Process, ABootThatOutlivesAllBeforeItIsJudgedByItsOwnProgress) {
  Scenario scenario = Fallen(kWrapper);
  CrashLoop(scenario, 4, kWrapper);
  scenario.Log("booting");
  for (int i = 0; i < 10; ++i) {
    scenario.Log("progress");
    RunSeen(scenario, 20s, Seen(300, 1s));
  }
  EXPECT_TRUE(scenario.now().liveness.ok) << scenario.now().liveness.message;
}

TEST(Process, AResumedAgentKnowsTheProcessAndTheLoop) {
  Scenario scenario = Fallen(kWrapper);
  CrashLoop(scenario, 6, kWrapper);
  ASSERT_EQ(scenario.RestartAgent(1s), "");
  CrashLoop(scenario, 4, kWrapper);
  EXPECT_FALSE(scenario.now().liveness.ok);

  Scenario working = Scenario::Working();
  working.Send(Seen(1, 3600s));
  ASSERT_EQ(working.RestartAgent(1s), "");
  working.Broker(kFrozen).Run(5s).Send(Seen(2, 1s));
  EXPECT_FALSE(working.now().startup.ok) << "another one than the agent before has seen";
}

}  // namespace
}  // namespace vitals

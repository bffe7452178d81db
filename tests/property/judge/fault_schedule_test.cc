// Seeded random fault schedules against the judge: what must never happen, whatever the order of
// faults. MQTT_VITALS_SEEDS sets the number of runs.
#include <gtest/gtest.h>

#include "tests/property/judge/dice.h"
#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

constexpr int kSeeds = 60;

constexpr Path kAnyPath[] = {Path::kWorks, Path::kRefused,     Path::kUnread,
                             Path::kReset, Path::kUnanswered,  Path::kSynUnanswered,
                             Path::kBlind, Path::kBadPassword, Path::kServerUnavailable,
                             Path::kQuota};

// While one path moves, no mixture of faults on the others may restart the broker.
TEST(FaultSchedule, LivenessNeverFailsWhileOnePathWorks) {
  for (int seed = 0; seed < Seeds(kSeeds); ++seed) {
    Dice dice(static_cast<unsigned>(seed));
    Scenario scenario = Scenario::Working(Scenario::DefaultSettings(3));
    for (int step = 0; step < 20; ++step) {
      const auto living = static_cast<std::size_t>(dice.Upto(2));
      for (std::size_t endpoint = 0; endpoint < 3; ++endpoint) {
        Behaviour behaviour{dice.Of(kAnyPath), dice.Of(kAnyPath)};
        // Only the first endpoint has a standing connection.
        if (endpoint == living)
          (endpoint == 0 && dice.Upto(1) ? behaviour.standing : behaviour.fresh) = Path::kWorks;
        scenario.Broker(endpoint, behaviour);
      }
      static const char* const kLines[] = {"storage", "overload", "save", "quiet", "brief"};
      if (dice.Upto(3) == 0) scenario.Log(dice.Of(kLines));
      scenario.Run(dice.Between(5s, 180s));
      ASSERT_TRUE(scenario.now().liveness.ok)
          << "seed " << seed << " step " << step << ": " << scenario.now().liveness.message;
    }
  }
}

// A failure stands until the broker does better: whatever the agent goes through meanwhile neither
// ends it nor pays for it twice.
TEST(FaultSchedule, FailureStandsUntilTheBrokerDoesBetter) {
  constexpr Behaviour kWays[] = {kFrozen, {Path::kReset, Path::kReset}};
  for (int seed = 0; seed < Seeds(kSeeds); ++seed) {
    Dice dice(static_cast<unsigned>(seed));
    Scenario scenario = Scenario::Working();
    scenario.Log("out_of_memory").Broker(dice.Of(kWays));
    ASSERT_TRUE(scenario.RunUntilLive(false, 90s) < 90s) << "seed " << seed;
    for (int step = 1; step <= 6; ++step) {
      if (dice.OneIn(2)) scenario.LogGap();
      if (dice.OneIn(3)) scenario.Log("storage");
      scenario.Run(dice.Between(100ms, 30s), dice.OneIn(3) ? 300ms : 0ms);
      ASSERT_FALSE(scenario.now().liveness.ok)
          << "seed " << seed << " step " << step << ": " << scenario.now().liveness.message;
      ASSERT_EQ(scenario.now().outlook.budget_left, 2) << "seed " << seed << " step " << step;
    }
  }
}

// A frozen broker is failed in time, whatever came before, and whatever the phase of the probes.
TEST(FaultSchedule, FrozenBrokerIsAlwaysFailedInTime) {
  for (int seed = 0; seed < Seeds(kSeeds); ++seed) {
    Dice dice(static_cast<unsigned>(seed));
    const int endpoints = 1 + dice.Upto(2);
    Scenario scenario = Scenario::Working(Scenario::DefaultSettings(endpoints));
    const int disturbances = dice.Upto(3);
    for (int step = 0; step < disturbances; ++step) {
      scenario.Broker({dice.Of(kAnyPath), dice.Of(kAnyPath)}).Run(dice.Between(1s, 40s));
    }
    scenario.Broker(kWorks).Run(dice.Between(15s, 30s));
    scenario.Broker(kFrozen);
    const Duration not_ready = scenario.RunUntilReady(false, 20s);
    ASSERT_LE(not_ready, 3s) << "seed " << seed;
    const Duration fails = not_ready + scenario.RunUntilLive(false, 200s);
    // A disturbance may have ended the boot that the log had told of: then the window is 120 s.
    ASSERT_LE(fails, disturbances == 0 ? 65s : 125s) << "seed " << seed;
    ASSERT_GE(fails, 58s) << "seed " << seed;
  }
}

// Announced work holds liveness, whatever its phase, as long as its bound allows.
TEST(FaultSchedule, AnnouncedWorkIsNeverFailedWithinItsBound) {
  for (int seed = 0; seed < Seeds(kSeeds); ++seed) {
    Dice dice(static_cast<unsigned>(seed));
    Scenario scenario = Scenario::Working(Scenario::DefaultSettings(1 + dice.Upto(2)));
    // The line is read up to a poll after the broker stands; any answer to later bytes ends its
    // hold.
    scenario.Broker(kFrozen).Run(dice.Between(0s, 700ms)).Log("save");
    scenario.Run(dice.Between(61s, 179s));
    ASSERT_TRUE(scenario.now().liveness.ok)
        << "seed " << seed << ": " << scenario.now().liveness.message;
  }
}

// Nothing that the agent meets, restarts of its own included, fails a broker that serves others.
TEST(FaultSchedule, BrokerThatServesOthersIsNeverFailed) {
  constexpr Path kSilent[] = {Path::kUnread, Path::kSynUnanswered};
  for (int seed = 0; seed < Seeds(kSeeds); ++seed) {
    Dice dice(static_cast<unsigned>(seed));
    Scenario scenario = Scenario::Working(Scenario::DefaultSettings(1 + dice.Upto(2)));
    scenario.Others(Bystanders::kServed);
    for (int step = 0; step < 4; ++step) {
      scenario.Broker({dice.Of(kSilent), dice.Of(kSilent)}).Run(dice.Between(1s, 120s));
      if (dice.Upto(1) == 1) scenario.RestartAgent(dice.Between(0s, 20s));
      scenario.Run(dice.Between(20s, 120s));
      ASSERT_TRUE(scenario.now().liveness.ok)
          << "seed " << seed << " step " << step << ": " << scenario.now().liveness.message;
    }
  }
}

// An agent that is restarted in the middle counts on, and fails a dead broker no later than the
// proof of the new agent takes.
TEST(FaultSchedule, RestartedAgentFailsAFrozenBrokerInTime) {
  for (int seed = 0; seed < Seeds(kSeeds); ++seed) {
    Dice dice(static_cast<unsigned>(seed));
    Scenario scenario = Scenario::Working();
    const Duration before = dice.Between(5s, 55s);
    scenario.Broker(kFrozen).Run(before).RestartAgent(dice.Between(0s, 20s));
    ASSERT_TRUE(scenario.now().liveness.ok) << "seed " << seed;
    const Duration after = scenario.RunUntilLive(false, 200s);
    ASSERT_GE(after, 10s) << "seed " << seed;
    ASSERT_LE(before + after, std::max<Duration>(65s, before + 18s)) << "seed " << seed;
  }
}

// Freezes of less than a second fail one round at most, and touch no verdict.
TEST(FaultSchedule, ShortFreezesFlapNothing) {
  for (int seed = 0; seed < Seeds(kSeeds) / 10; ++seed) {
    Dice dice(static_cast<unsigned>(seed));
    Scenario scenario = Scenario::Working(Scenario::DefaultSettings(1));
    for (int step = 0; step < 100; ++step) {
      scenario.Broker(kFrozen).Run(dice.Between(100ms, 900ms));
      ASSERT_TRUE(scenario.now().readiness.ok) << "seed " << seed << " step " << step;
      scenario.Broker(kWorks).Run(dice.Between(500ms, 5s));
      ASSERT_TRUE(scenario.now().readiness.ok) << "seed " << seed << " step " << step;
    }
  }
}

// An agent that is starved or suspended for any time, in any phase, fails nothing by itself.
TEST(FaultSchedule, LateAndSuspendedAgentsNeverFailLiveness) {
  for (int seed = 0; seed < Seeds(kSeeds); ++seed) {
    Dice dice(static_cast<unsigned>(seed));
    Scenario scenario = Scenario::Working(Scenario::DefaultSettings(1));
    for (int step = 0; step < 10; ++step) {
      // The broker pauses for less than the window; the agent misses time on top of it.
      scenario.Broker(kFrozen).Run(dice.Between(1s, 25s));
      scenario.Suspend(dice.Between(1s, 7200s)).Run(dice.Between(1s, 25s));
      scenario.Run(dice.Between(1s, 120s), dice.Between(300ms, 60s));
      scenario.Run(dice.Between(500ms, 5s));  // back in time, and still less than the window
      ASSERT_TRUE(scenario.now().liveness.ok)
          << "seed " << seed << " step " << step << ": " << scenario.now().liveness.message;
      scenario.Broker(kWorks).Run(dice.Between(5s, 30s));
      ASSERT_TRUE(scenario.now().liveness.ok) << "seed " << seed << " step " << step;
    }
  }
}

}  // namespace
}  // namespace vitals

// Hours of random faults, of the broker and of the agent, against the judge (tests/property/judge/
// truth.h says what must hold). MQTT_VITALS_SEEDS sets the number of runs of two hours each.
#include <gtest/gtest.h>

#include "tests/property/judge/world.h"

namespace vitals {
namespace {

constexpr Duration kLife = std::chrono::hours(2);
constexpr int kShards = 4;  // run side by side

class Simulation : public testing::TestWithParam<int> {};

TEST_P(Simulation, NoVerdictIsEverWrong) {
  for (int seed = GetParam(); seed < Seeds(2000); seed += kShards) {
    ASSERT_EQ(World(static_cast<unsigned>(seed), true).Live(kLife), "") << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Shards, Simulation, testing::Range(0, kShards));

// Every life that has ever gone wrong, of whichever side the fault was: the judge's or the truth's.
TEST(SimulationSeeds, ThatOnceWentWrong) {
  constexpr unsigned kSeeds[] = {163, 3665, 5067, 11688, 27130};
  for (const unsigned seed : kSeeds) {
    EXPECT_EQ(World(seed, true).Live(kLife), "") << "seed " << seed;
  }
}

// What makes two hours cheap changes nothing: every verdict turns at the same moment.
TEST(SimulationSteps, SkippingCalmChangesNoVerdict) {
  for (int seed = 0; seed < Seeds(2000) / 100; ++seed) {
    World whole(static_cast<unsigned>(seed), false);
    World skipping(static_cast<unsigned>(seed), true);
    ASSERT_EQ(whole.Live(kLife), "");
    ASSERT_EQ(skipping.Live(kLife), "");
    ASSERT_EQ(whole.turns(), skipping.turns()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace vitals

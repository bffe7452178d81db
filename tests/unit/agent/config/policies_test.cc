#include "agent/config/policies.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "agent/config/keys.h"
#include "agent/config/load.h"
#include "tests/unit/agent/config/temp_file.h"

namespace vitals {
namespace {

using std::chrono_literals::operator""s;
using testing::HasSubstr;

tl::expected<Loaded, Errors> LoadText(const std::string& yaml) {
  const TempFile file(yaml);
  Flags flags;
  flags.config = file.path();
  return Load(flags, {});
}

TEST(Policies, ConservativeChangesWhatNobodyHasGiven) {
  const auto loaded = LoadText("policy: {name: conservative, fail_after: 7}\n");
  ASSERT_TRUE(loaded) << loaded.error().front().ToString();
  const PolicySettings& policy = loaded->settings.policy;
  EXPECT_EQ(policy.liveness_window, 180s);
  EXPECT_EQ(policy.on_unanswered, OnUnanswered::kOff);
  EXPECT_EQ(policy.kill_budget, 1);
  EXPECT_EQ(policy.fail_after, 7) << "a given key wins";
}

TEST(Policies, EveryValueOfAPolicyIsOneOfItsKey) {
  for (const PolicyValue& preset : ConservativePolicy()) {
    bool found = false;
    for (const Key<Config>& key : ConfigKeys()) {
      if (key.Path() != preset.key) continue;
      found = true;
      Config config;
      EXPECT_TRUE(key.set(config, preset.value)) << preset.key;
      EXPECT_NE(key.print(Config()), preset.value) << "no difference to the default";
    }
    EXPECT_TRUE(found) << preset.key;
  }
}

TEST(Policies, PageTellsTheDifferences) {
  std::ifstream in(std::string(VITALS_SOURCE_DIR) + "/docs/policies.md");
  std::ostringstream page;
  page << in.rdbuf();
  for (const PolicyValue& preset : ConservativePolicy()) {
    for (const Key<Config>& key : ConfigKeys()) {
      if (key.Path() != preset.key) continue;
      EXPECT_THAT(page.str(),
                  HasSubstr("| `" + std::string(preset.key) + "` | `" + key.print(Config()) +
                            "` | `" + std::string(preset.value) + "` |"));
    }
  }
}

TEST(Policies, WindowShorterThanAStallOfTheBrokerIsRefused) {
  const auto loaded = LoadText("broker: {profile: hivemq}\npolicy: {liveness_window: 20s}\n");
  ASSERT_FALSE(loaded);
  const std::string error = loaded.error().front().ToString();
  EXPECT_THAT(error, HasSubstr(":2"));
  EXPECT_THAT(error, HasSubstr("not longer than the 30s"));
  EXPECT_THAT(error, HasSubstr("hold_max"));
  EXPECT_TRUE(LoadText("policy: {liveness_window: 20s}\n")) << "the broker is not known yet";
}

TEST(Policies, LostDeliveryNeedsTwoPaths) {
  const auto loaded = LoadText("policy: {on_lost_delivery: fail}\n");
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().front().ToString(), HasSubstr("two wanted endpoints"));
  EXPECT_TRUE(
      LoadText("policy: {on_lost_delivery: fail}\nendpoints:\n"
               "  - {url: 'mqtt://127.0.0.1:1883', round_trip: true}\n"
               "  - {url: 'mqtt://127.0.0.1:1884', round_trip: true}\n"));
}

}  // namespace
}  // namespace vitals

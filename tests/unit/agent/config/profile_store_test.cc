#include "agent/config/profile_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

#include "probes/profiles/profiles.h"
#include "tests/unit/agent/config/temp_file.h"

namespace vitals {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(ProfileStore, AutoIsTheOutlineOfEveryShippedProfile) {
  const auto profiles = FindProfiles("auto");
  ASSERT_TRUE(profiles) << profiles.error().front().ToString();
  ASSERT_THAT(*profiles, SizeIs(ShippedProfiles().size()));
  for (std::size_t i = 0; i < profiles->size(); ++i) {
    const Profile& outline = *(*profiles)[i];
    EXPECT_EQ(outline.name, ShippedProfiles()[i].name);
    EXPECT_THAT(outline.rules, IsEmpty());
    const auto whole = WithRules((*profiles)[i]);
    EXPECT_FALSE(whole->rules.empty()) << outline.name;
    const auto facts = [](const Profile& profile) {
      return std::tie(profile.name, profile.title, profile.detect, profile.continues,
                      profile.log_paths, profile.mqtt_version, profile.slowest_refusal,
                      profile.boot_max, profile.longest_announced_stall, profile.longest_stall,
                      profile.forgeable, profile.silent_alarm, profile.proven, profile.place);
    };
    EXPECT_EQ(facts(outline), facts(*whole)) << outline.name;
  }
}

TEST(ProfileStore, FindsAShippedOneByName) {
  for (const ShippedProfile& shipped : ShippedProfiles()) {
    const auto profiles = FindProfiles(shipped.name);
    ASSERT_TRUE(profiles) << shipped.name;
    ASSERT_THAT(*profiles, SizeIs(1));
    EXPECT_EQ(profiles->front()->name, shipped.name);
  }
}

TEST(ProfileStore, SuggestsAName) {
  const auto profiles = FindProfiles("mosquito");
  ASSERT_FALSE(profiles);
  EXPECT_THAT(profiles.error().front().message, HasSubstr("unknown profile 'mosquito'"));
  EXPECT_THAT(profiles.error().front().remedy, HasSubstr("did you mean 'mosquitto'?"));
}

TEST(ProfileStore, ReadsAFileByItsPath) {
  const TempFile file("name: mine\n", ".yml");
  const auto profiles = FindProfiles(file.path());
  ASSERT_TRUE(profiles);
  ASSERT_THAT(*profiles, SizeIs(1));
  EXPECT_EQ(profiles->front()->name, "mine");
  EXPECT_EQ(profiles->front()->place, file.path());
}

TEST(ProfileStore, NamesAFileThatCanNotBeRead) {
  const auto missing = FindProfiles("/nonexistent.yaml");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().front().place, "/nonexistent.yaml");
  EXPECT_THAT(missing.error().front().message, HasSubstr("No such file"));
  const auto folder = FindProfiles("/");
  ASSERT_FALSE(folder);
  EXPECT_THAT(folder.error().front().message, HasSubstr("Is a directory"));
}

}  // namespace
}  // namespace vitals

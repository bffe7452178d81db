#include "agent/config/config_texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "agent/config/load.h"
#include "tests/unit/agent/config/temp_file.h"

namespace vitals {
namespace {

using testing::HasSubstr;

TEST(ConfigTexts, ComeBackAsTheyWere) {
  const ConfigTexts texts{{"/etc/a.yaml", "policy:\n  mode: \"observe\"\n"}, {"p.yaml", ""}};
  const auto read = DecodeConfigTexts(Encode(texts));
  ASSERT_TRUE(read) << read.error().ToString();
  EXPECT_EQ(*read, texts);
  EXPECT_EQ(DecodeConfigTexts(Encode({})), ConfigTexts());
}

TEST(ConfigTexts, WhatIsNoCopyIsSaidToBeNone) {
  for (const char* text : {"", "{", "[]", "{}", R"({"version":1})", R"({"version":1,"files":7})",
                           R"({"version":9,"files":{}})"}) {
    EXPECT_FALSE(DecodeConfigTexts(text)) << text;
  }
}

TEST(ConfigTexts, ALoadTakesTheCopyWhateverBecameOfTheFiles) {
  const TempFile file("policy:\n  mode: observe\n");
  Flags flags;
  flags.config = file.path();
  ConfigTexts texts;
  ASSERT_TRUE(Load(flags, {}, ConfigFromDisk(&texts)));
  std::ofstream(file.path()) << "policy:\n  mode: nonsense\n";
  ASSERT_FALSE(Load(flags, {}));
  const auto loaded = Load(flags, {}, ConfigFrom(texts));
  ASSERT_TRUE(loaded) << loaded.error().front().ToString();
  EXPECT_EQ(loaded->settings.policy.mode, Mode::kObserve);
  flags.config = "/another.yaml";
  const auto other = Load(flags, {}, ConfigFrom(texts));
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().front().ToString(), HasSubstr("is no part of the kept configuration"));
}

}  // namespace
}  // namespace vitals

// The pages about configuration, command line and profiles say what the code does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "agent/config/flags.h"
#include "agent/config/keys.h"
#include "agent/config/load.h"
#include "agent/config/profile_file.h"
#include "agent/config/text_file.h"
#include "tests/unit/agent/config/temp_file.h"

namespace vitals {
namespace {

using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::UnorderedElementsAreArray;

std::string Page(const std::string& name) {
  const auto text = ReadTextFile(VITALS_SOURCE_DIR "/docs/" + name, 1 << 20);
  EXPECT_TRUE(text) << name;
  return text ? *text : "";
}

// The rows of the tables below a heading, up to the next one; rows of `code` in the first column.
std::vector<std::string> Rows(const std::string& page, const std::string& heading) {
  std::istringstream lines(page);
  std::vector<std::string> rows;
  std::string line;
  bool inside = false;
  while (std::getline(lines, line)) {
    if (line.starts_with("## ")) inside = line == "## " + heading;
    if (inside && line.starts_with("| `")) rows.push_back(line);
  }
  return rows;
}

std::vector<std::string> FirstColumn(const std::vector<std::string>& rows) {
  std::vector<std::string> names;
  for (const std::string& row : rows) names.push_back(row.substr(3, row.find('`', 3) - 3));
  return names;
}

std::string Example(const std::string& page) {
  const std::size_t begin = page.find("```yaml\n") + 8;
  return page.substr(begin, page.find("```\n", begin) - begin);
}

template <typename Target>
std::string Row(const Key<Target>& key) {
  const Target fresh{};
  std::string value = key.kind == KeyKind::kTextList ? "[]" : key.print(fresh);
  if (value.empty()) value = "\"\"";
  return "| `" + std::string(key.name) + "` | " + key.TypeText() + " | `" + value + "` | " +
         std::string(key.help) + " |";
}

TEST(ConfigurationPage, ListsEveryKeyWithTypeDefaultAndMeaning) {
  const std::string page = Page("configuration.md");
  std::map<std::string, std::vector<std::string>> sections;
  for (const auto& key : ConfigKeys()) sections[std::string(key.section)].push_back(Row(key));
  for (const auto& key : EndpointKeys()) sections["endpoints"].push_back(Row(key));
  for (const auto& key : TlsKeys()) sections["endpoints.tls"].push_back(Row(key));
  for (const auto& [section, rows] : sections) {
    EXPECT_THAT(Rows(page, section), ElementsAreArray(rows)) << section;
  }
}

TEST(ConfigurationPage, ItsExampleLoads) {
  const TempFile file(Example(Page("configuration.md")), ".yaml");
  Flags flags;
  flags.config = file.path();
  const auto result = Load(flags, {});
  ASSERT_TRUE(result) << result.error().front().ToString();
  EXPECT_EQ(result->settings.endpoints.size(), 2u);
}

TEST(CommandLinePage, ListsEveryFlag) {
  std::vector<std::string> expected;
  for (const FlagInfo& flag : FlagList()) {
    const std::string key = flag.key.empty() ? "" : "`" + std::string(flag.key) + "` ";
    expected.push_back("| `" + std::string(flag.name) + "` | `" + std::string(flag.value) + "` | " +
                       key + "| " + std::string(flag.help) +
                       (flag.repeatable ? "; repeatable" : "") + " |");
  }
  EXPECT_THAT(Rows(Page("command-line.md"), "Flags"), ElementsAreArray(expected));
}

TEST(CommandLinePage, ListsEveryCommand) {
  const std::string page = Page("command-line.md");
  for (const char* command : {"run", "config check", "config print", "config schema", "replay",
                              "drain", "undrain", "hold", "release", "reload", "version"}) {
    EXPECT_THAT(page, HasSubstr("\n| `" + std::string(command) + "` |"));
  }
}

// The reader names its keys itself when it meets one that is like none of them.
std::vector<std::string> KnownKeys(const std::string& yaml) {
  const auto result = ParseProfile(yaml, "x.yaml");
  EXPECT_FALSE(result);
  std::vector<std::string> keys;
  if (result) return keys;
  for (const Error& error : result.error()) {
    if (error.message != "unknown key '0000000000000000'") continue;
    std::istringstream list(error.remedy.substr(std::string("known: ").size()));
    std::string key;
    while (std::getline(list >> std::ws, key, ',')) keys.push_back(key);
  }
  return keys;
}

TEST(ProfilesPage, ListsEveryKeyOfEveryMap) {
  const std::string page = Page("profiles.md");
  const std::map<std::string, std::string> maps = {
      {"Keys of a profile", "'0000000000000000': 1"},
      {"Keys of a rule", "rules: [{'0000000000000000': 1}]"},
      {"Keys of set", "rules: [{set: {'0000000000000000': 1}}]"},
      {"Keys of clear", "rules: [{clear: {'0000000000000000': 1}}]"},
      {"Keys of when", "rules: [{when: {'0000000000000000': 1}}]"},
      {"Keys of samples", "rules: [{samples: {'0000000000000000': 1}}]"}};
  for (const auto& [heading, yaml] : maps) {
    EXPECT_THAT(FirstColumn(Rows(page, heading)), UnorderedElementsAreArray(KnownKeys(yaml)))
        << heading;
  }
}

TEST(ProfilesPage, ItsExampleIsAProfile) {
  const auto result = ParseProfile(Example(Page("profiles.md")), "example.yaml");
  ASSERT_TRUE(result) << result.error().front().ToString();
  EXPECT_EQ((*result)->rules.size(), 5u);
}

// The defaults that the page tells are those of the struct.
TEST(ProfilesPage, TellsTheDefaults) {
  const std::string page = Page("profiles.md");
  const Profile fresh;
  EXPECT_EQ(fresh.slowest_refusal, std::chrono::milliseconds(10'500));
  EXPECT_THAT(page, HasSubstr("| `slowest_refusal` | duration | `10500ms` |"));
  EXPECT_EQ(fresh.boot_max, std::chrono::minutes(10));
  EXPECT_THAT(page, HasSubstr("| `boot_max` | duration | `10m` |"));
  EXPECT_EQ(fresh.longest_announced_stall, std::chrono::minutes(1));
  EXPECT_THAT(page, HasSubstr("| `longest_announced_stall` | duration | `1m` |"));
  EXPECT_EQ(fresh.longest_stall, std::chrono::seconds(10));
  EXPECT_THAT(page, HasSubstr("| `longest_stall` | duration | `10s` |"));
  EXPECT_TRUE(fresh.forgeable);
  EXPECT_THAT(page, HasSubstr("| `forgeable` | `true`, `false` | `true` |"));
  EXPECT_FALSE(fresh.silent_alarm || fresh.proven);
}

}  // namespace
}  // namespace vitals

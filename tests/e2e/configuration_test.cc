// A wrong configuration ends the program before anything starts, with every mistake at once, each
// with its place and a way to repair it.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <sstream>

#include "tests/e2e/e2e.h"

namespace vitals {
namespace {

constexpr int kConfigurationMistake = 2;

class ConfigurationTest : public testing::Test {
 protected:
  Finished RunWith(std::vector<std::string> flags) {
    flags.insert(flags.begin(), {AgentBinary(), "run"});
    return RunToEnd({.name = "agent", .folder = files_.path(), .args = flags}, 5s);
  }

  TempDir files_;
};

TEST_F(ConfigurationTest, FiveMistakesGiveFiveMessages) {
  // Line 2: no such port; 4: misspelt; 5: no such level; 7: no such mode; 8: no unit.
  const auto file = files_.Write("agent.yaml",
                                 "endpoints:\n"
                                 "  - url: mqtt://127.0.0.1:70000\n"
                                 "round_trip:\n"
                                 "  intervall: 1s\n"
                                 "  qos: 7\n"
                                 "policy:\n"
                                 "  mode: enforced\n"
                                 "  liveness_window: 60\n");
  const auto done = RunWith({"--config", file.string()});
  EXPECT_EQ(done.code, kConfigurationMistake) << done.err;
  for (const int line : {2, 4, 5, 7, 8}) {
    const std::regex message("agent\\.yaml:" + std::to_string(line) + ": .+ \\(.+\\)");
    EXPECT_TRUE(std::regex_search(done.err, message)) << "line " << line << " in:\n" << done.err;
  }
  EXPECT_NE(done.err.find("'interval'"), std::string::npos) << "the near key is named";
  EXPECT_EQ(std::count(done.err.begin(), done.err.end(), '\n'), 5) << done.err;
}

TEST_F(ConfigurationTest, AProfileOfYourOwnIsCompiledAndItsSlowRulesAreNamed) {
  const std::string rules = "name: mine\nrules:\n  - {id: slow, event: e, match: '^\\d+ \\w+$'}\n";
  const auto slow = files_.Write("slow.yaml", rules).string();
  const auto broken =
      files_.Write("broken.yaml", rules + "  - {id: broken, event: e, match: '('}\n");
  const auto check = [&](const std::string& profile) {
    return RunToEnd({.name = "agent",
                     .folder = files_.path(),
                     .args = {AgentBinary(), "config", "check", "--profile", profile}},
                    5s);
  };
  const auto warned = check(slow);
  EXPECT_EQ(warned.code, 0) << warned.err;
  EXPECT_NE(warned.err.find("warning: rule 'slow' of " + slow + " requires no fixed text"),
            std::string::npos)
      << warned.err;
  const auto refused = check(broken.string());
  EXPECT_EQ(refused.code, kConfigurationMistake);
  EXPECT_NE(refused.err.find("broken.yaml:4: rule 'broken': missing )"), std::string::npos)
      << refused.err;
}

TEST_F(ConfigurationTest, AFileThatIsNotThereIsNamed) {
  const auto done = RunWith({"--config", (files_.path() / "none.yaml").string()});
  EXPECT_EQ(done.code, kConfigurationMistake);
  EXPECT_NE(done.err.find("none.yaml"), std::string::npos) << done.err;
}

TEST_F(ConfigurationTest, AnUnknownFlagIsNamed) {
  const auto done = RunWith({"--brokr", "mqtt://127.0.0.1:1883"});
  EXPECT_EQ(done.code, kConfigurationMistake);
  EXPECT_NE(done.err.find("--brokr"), std::string::npos) << done.err;
}

TEST_F(ConfigurationTest, APasswordFileThatIsNotThereIsNamed) {
  const auto done = RunWith({"--username", "u", "--password-file", "/nonexistent/password"});
  EXPECT_EQ(done.code, kConfigurationMistake);
  EXPECT_NE(done.err.find("/nonexistent/password"), std::string::npos) << done.err;
}

}  // namespace
}  // namespace vitals

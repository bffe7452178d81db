#include "agent/config/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitals {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

tl::expected<Invocation, Exit> Parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "mqtt-vitals");
  return ParseCommandLine(static_cast<int>(arguments.size()), arguments.data());
}

TEST(CommandLine, ReadsEveryFlagOfRun) {
  const auto result = Parse({"run",
                             "--config",
                             "a.yaml",
                             "--broker",
                             "mqtt://127.0.0.1:1",
                             "--broker",
                             "mqtt://[::1]:2",
                             "--log",
                             "/x/*.log",
                             "--log=[ab].log",
                             "--profile",
                             "hivemq",
                             "--username",
                             "u",
                             "--password-file",
                             "/p",
                             "--probe-listen",
                             "[::]:1",
                             "--web-listen",
                             "127.0.0.1:2",
                             "--state-dir",
                             "/s",
                             "--control-socket",
                             "/c"});
  ASSERT_TRUE(result) << result.error().err;
  EXPECT_EQ(result->command, Subcommand::kRun);
  const Flags& flags = result->flags;
  EXPECT_EQ(flags.config, "a.yaml");
  EXPECT_THAT(flags.brokers, ElementsAre("mqtt://127.0.0.1:1", "mqtt://[::1]:2"));
  EXPECT_THAT(flags.logs, ElementsAre("/x/*.log", "[ab].log"));
  std::vector<std::string> values;
  for (const FlagValue& flag : flags.values) {
    values.push_back(std::string(flag.key) + "=" + flag.value);
  }
  EXPECT_THAT(values, ElementsAre("broker.profile=hivemq", "broker.username=u",
                                  "broker.password_file=/p", "probe.listen=[::]:1",
                                  "web.listen=127.0.0.1:2", "state.dir=/s", "control.socket=/c"));
}

TEST(CommandLine, CommandsForARunningAgent) {
  EXPECT_EQ(Parse({"undrain"})->command, Subcommand::kUndrain);
  EXPECT_EQ(Parse({"release"})->command, Subcommand::kRelease);
  EXPECT_EQ(Parse({"reload"})->command, Subcommand::kReload);
  const auto drain = Parse({"drain", "--wait", "--timeout", "5s", "--control-socket", "/c"});
  ASSERT_TRUE(drain);
  EXPECT_EQ(drain->command, Subcommand::kDrain);
  EXPECT_TRUE(drain->control.wait);
  EXPECT_EQ(drain->control.timeout, "5s");
  EXPECT_EQ(drain->flags.values.front().key, "control.socket");
  const auto hold = Parse({"hold", "--for", "30m", "--reason", "heap dump"});
  ASSERT_TRUE(hold);
  EXPECT_EQ(hold->control.length, "30m");
  EXPECT_EQ(hold->control.reason, "heap dump");
  EXPECT_EQ(Parse({"hold", "--for", "30m"}).error().code, 2) << "a reason is required";
  EXPECT_EQ(Parse({"drain", "--broker", "mqtt://x"}).error().code, 2) << "a flag of run";
}

TEST(CommandLine, KnowsEveryCommand) {
  EXPECT_EQ(Parse({"run"})->command, Subcommand::kRun);
  EXPECT_EQ(Parse({"config", "check", "--config", "a"})->command, Subcommand::kConfigCheck);
  EXPECT_EQ(Parse({"config", "print", "--config", "a"})->flags.config, "a");
  EXPECT_EQ(Parse({"config", "schema"})->command, Subcommand::kConfigSchema);
  EXPECT_EQ(Parse({"version"})->command, Subcommand::kVersion);
}

TEST(CommandLine, ReadsRulesTestAndCheck) {
  const auto test = Parse({"rules", "test", "auto", "a.log", "-", "-o", "json", "--summary"});
  ASSERT_TRUE(test) << test.error().err;
  EXPECT_EQ(test->command, Subcommand::kRulesTest);
  EXPECT_EQ(test->rules.profile, "auto");
  EXPECT_THAT(test->rules.files, ElementsAre("a.log", "-"));
  EXPECT_TRUE(test->rules.json);
  EXPECT_TRUE(test->rules.summary);
  const auto plain = Parse({"rules", "test", "-o", "text", "p.yaml", "a.log"});
  ASSERT_TRUE(plain) << plain.error().err;
  EXPECT_THAT(plain->rules.files, ElementsAre("a.log"));
  EXPECT_FALSE(plain->rules.json);
  EXPECT_FALSE(plain->rules.summary);
  const auto check = Parse({"rules", "check", "p.yaml"});
  ASSERT_TRUE(check) << check.error().err;
  EXPECT_EQ(check->command, Subcommand::kRulesCheck);
  EXPECT_THAT(check->rules.files, ElementsAre("p.yaml"));
}

TEST(CommandLine, HelpGoesToStdoutWithCodeZero) {
  for (const auto& arguments : std::vector<std::vector<const char*>>{
           {"--help"}, {"-h"}, {"run", "--help"}, {"config", "check", "--help"}}) {
    const auto result = Parse(arguments);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, 0);
    EXPECT_THAT(result.error().out, HasSubstr("mqtt-vitals"));
    EXPECT_THAT(result.error().err, IsEmpty());
  }
  EXPECT_THAT(Parse({"run", "--help"}).error().out, HasSubstr("--probe-listen ADDR:PORT"));
}

TEST(CommandLine, WrongUsageIsCodeTwo) {
  for (const auto& arguments : std::vector<std::vector<const char*>>{
           {},
           {"config"},
           {"walk"},
           {"run", "stray"},
           {"run", "--brokr", "mqtt://127.0.0.1:1"},
           {"run", "--config"},
           {"run", "--broker", "mqtt://127.0.0.1:1", "mqtt://127.0.0.2:1"},
           {"run", "--profile", "a", "--profile", "b"},
           {"run", "version"},
           {"rules"},
           {"rules", "test", "auto"},
           {"rules", "test", "auto", "a.log", "-o", "yaml"},
           {"rules", "check"},
           {"rules", "check", "a.yaml", "b.yaml"},
           {"version", "--config", "a"}}) {
    const auto result = Parse(arguments);
    ASSERT_FALSE(result) << testing::PrintToString(arguments.size());
    EXPECT_EQ(result.error().code, 2);
    EXPECT_THAT(result.error().out, IsEmpty());
    EXPECT_FALSE(result.error().err.empty());
  }
}

TEST(CommandLine, NoCommandPrintsTheHelp) {
  EXPECT_THAT(Parse({}).error().err, HasSubstr("config"));
  EXPECT_THAT(Parse({"config"}).error().err, HasSubstr("schema"));
  EXPECT_THAT(Parse({"rules"}).error().err, HasSubstr("check"));
}

}  // namespace
}  // namespace vitals

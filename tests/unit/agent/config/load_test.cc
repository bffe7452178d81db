#include "agent/config/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "agent/config/keys.h"
#include "agent/config/print.h"
#include "tests/unit/agent/config/temp_file.h"

namespace vitals {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using std::chrono_literals::operator""min;

tl::expected<Loaded, Errors> LoadYaml(std::string_view yaml, const Environment& environment = {},
                                      Flags flags = {}) {
  const TempFile file(yaml, ".yaml");
  flags.config = file.path();
  auto result = Load(flags, environment);
  if (result) return result;
  for (Error& error : result.error()) {  // the tests see a constant name
    const std::size_t at = error.place.find(file.path());
    if (at != std::string::npos) error.place.replace(at, file.path().size(), "agent.yaml");
  }
  return result;
}

Errors ErrorsOf(std::string_view yaml) {
  const auto result = LoadYaml(yaml);
  return result ? Errors{} : result.error();
}

std::string Text(const Errors& errors) {
  std::string text;
  for (const Error& error : errors) text += error.ToString() + "\n";
  return text;
}

TEST(Load, WorksWithoutAnything) {
  const auto result = Load({}, {});
  ASSERT_TRUE(result) << Text(result.error());
  ASSERT_THAT(result->settings.endpoints, SizeIs(1));
  const EndpointSettings& endpoint = result->settings.endpoints[0];
  EXPECT_EQ(endpoint.name, "mqtt-127.0.0.1-1883");
  EXPECT_EQ(endpoint.host, "127.0.0.1");
  EXPECT_EQ(endpoint.port, 1883);
  EXPECT_TRUE(endpoint.round_trip);
  EXPECT_TRUE(endpoint.wanted);
  EXPECT_EQ(endpoint.password, std::nullopt);
  EXPECT_EQ(result->settings.profile, "auto");
  EXPECT_THAT(result->profiles, Not(IsEmpty()));
  EXPECT_THAT(result->warnings, IsEmpty());
}

TEST(Load, ReadsEverySection) {
  const TempFile password("s3cret\n");
  const auto result = LoadYaml(
      "broker: {profile: mosquitto, username: agent, password_file: " + password.path() + R"(}
endpoints:
  - {url: mqtt://10.0.0.1:1884, name: plain, mqtt_version: 5, via_proxy: true}
  - {url: 'mqtt://[::1]:1885', round_trip: true, wanted: false, mqtt_version: 3.1.1, username: u}
log: {paths: [/a/*.log, /b.log], poll_min: 10ms, poll_max: 1s, look_back: 1MiB, gap_limit: 2MiB}
listener: {interval: 20s, soft_deadline: 2s, hard_deadline: 10s, trouble_interval: 500ms, trouble_span: 10s}
round_trip: {interval: 2s, deadline: 1s, unread_grace: 0s, qos: 1, topic_prefix: a/b}
policy:
  {mode: observe, storage_fault: flag, liveness_window: 90s, unanswered_window: 10m, boot_max: 20m,
   boot_stall: 3m, fail_after: 3, recover_after: 4, kill_budget: 1, kill_budget_window: 2h,
   drain_max: 30m}
probe: {listen: "127.0.0.1:0"}
web: {listen: ":9000"}
agent_check: {listen: ":9463"}
state: {dir: /state}
shutdown: {linger: 5s}
output: {level: debug, broker_lines: true}
)");
  ASSERT_TRUE(result) << Text(result.error());
  const Settings& settings = result->settings;
  EXPECT_EQ(settings.profile, "mosquitto");
  ASSERT_THAT(settings.endpoints, SizeIs(2));
  EXPECT_EQ(settings.endpoints[0].name, "plain");
  EXPECT_EQ(settings.endpoints[0].port, 1884);
  EXPECT_EQ(settings.endpoints[0].mqtt_version, 5);
  EXPECT_TRUE(settings.endpoints[0].via_proxy);
  EXPECT_FALSE(settings.endpoints[0].round_trip);
  EXPECT_EQ(settings.endpoints[0].username, "agent");
  EXPECT_EQ(settings.endpoints[0].password, "s3cret");
  EXPECT_EQ(settings.endpoints[1].host, "::1");
  EXPECT_EQ(settings.endpoints[1].mqtt_version, 4);
  EXPECT_TRUE(settings.endpoints[1].round_trip);
  EXPECT_FALSE(settings.endpoints[1].wanted);
  EXPECT_EQ(settings.endpoints[1].username, "u");
  EXPECT_THAT(settings.log.paths, ElementsAre("/a/*.log", "/b.log"));
  EXPECT_EQ(settings.log.poll_min, 10ms);
  EXPECT_EQ(settings.log.poll_max, 1s);
  EXPECT_EQ(settings.log.look_back, 1u << 20);
  EXPECT_EQ(settings.log.gap_limit, 2u << 20);
  EXPECT_EQ(settings.listener.interval, 20s);
  EXPECT_EQ(settings.listener.soft_deadline, 2s);
  EXPECT_EQ(settings.listener.hard_deadline, 10s);
  EXPECT_EQ(settings.listener.trouble_interval, 500ms);
  EXPECT_EQ(settings.listener.trouble_span, 10s);
  EXPECT_EQ(settings.round_trip.interval, 2s);
  EXPECT_EQ(settings.round_trip.deadline, 1s);
  EXPECT_EQ(settings.round_trip.unread_grace, 0s);
  EXPECT_EQ(settings.round_trip.qos, 1);
  EXPECT_EQ(settings.round_trip.topic_prefix, "a/b");
  EXPECT_EQ(settings.policy.mode, Mode::kObserve);
  EXPECT_EQ(settings.policy.storage_fault, StorageFault::kFlag);
  EXPECT_EQ(settings.policy.liveness_window, 90s);
  EXPECT_EQ(settings.policy.unanswered_window, 10min);
  EXPECT_EQ(settings.policy.boot_max, 20min);
  EXPECT_EQ(settings.policy.boot_stall, 3min);
  EXPECT_EQ(settings.policy.fail_after, 3);
  EXPECT_EQ(settings.policy.recover_after, 4);
  EXPECT_EQ(settings.policy.kill_budget, 1);
  EXPECT_EQ(settings.policy.kill_budget_window, 120min);
  EXPECT_EQ(settings.policy.drain_max, 30min);
  EXPECT_EQ(settings.probe_listen.ToString(), "127.0.0.1:0");
  EXPECT_EQ(settings.web_listen.ToString(), "[::]:9000");
  EXPECT_EQ(settings.agent_check->ToString(), "[::]:9463");
  EXPECT_EQ(settings.state_dir, "/state");
  EXPECT_EQ(settings.linger, 5s);
  EXPECT_EQ(settings.output.level, "debug");
  EXPECT_TRUE(settings.output.broker_lines);
}

TEST(Load, FiveMistakesGiveFiveMessages) {
  const Errors errors = ErrorsOf(R"(endpoints:
  - {url: mqtt4://127.0.0.1:8883}
listener:
  intervall: 10s
round_trip:
  deadline: 2s
policy:
  mode: enforced
web:
  listen: localhost:9462
)");
  EXPECT_EQ(Text(errors),
            "agent.yaml:2: url: unknown scheme 'mqtt4' (write mqtt://HOST:PORT (or mqtts, ws, "
            "wss), IPv6 in brackets; or unix:///PATH)\n"
            "agent.yaml:4: unknown key 'intervall' (did you mean 'interval'?)\n"
            "agent.yaml:6: round_trip.deadline 2s must be shorter than round_trip.interval 1s "
            "(lower the one or raise the other)\n"
            "agent.yaml:8: mode: unknown value 'enforced' (did you mean 'enforce'?)\n"
            "agent.yaml:10: listen: 'localhost:9462' has no numeric address (write ADDRESS:PORT: "
            "[::]:9461, 0.0.0.0:9461, :9461)\n");
}

struct Mistake {
  const char* name;
  const char* yaml;
  const char* place;
  const char* message;
};

class LoadMistake : public testing::TestWithParam<Mistake> {};

TEST_P(LoadMistake, IsReportedOnceWithPlaceAndRemedy) {
  const Errors errors = ErrorsOf(GetParam().yaml);
  ASSERT_THAT(errors, SizeIs(1)) << Text(errors);
  EXPECT_EQ(errors[0].place, GetParam().place);
  EXPECT_THAT(errors[0].message, HasSubstr(GetParam().message));
  EXPECT_FALSE(errors[0].remedy.empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, LoadMistake,
    testing::Values(
        Mistake{"Section", "brokr: {}\n", "agent.yaml:1", "unknown key 'brokr'"},
        Mistake{"SectionIsText", "log: text\n", "agent.yaml:1", "'log' must be a map"},
        Mistake{"Root", "- a\n", "agent.yaml:1", "this must be a map"},
        Mistake{"NoValue", "log: {poll_min: }\n", "agent.yaml:1", "'poll_min' has no value"},
        Mistake{"ListForValue", "log: {poll_min: [1ms]}\n", "agent.yaml:1", "a single value"},
        Mistake{"ValueForList", "log: {paths: /a}\n", "agent.yaml:1", "'paths' must be a list"},
        Mistake{"Duplicate", "log: {}\nlog: {}\n", "agent.yaml:2", "duplicate key 'log'"},
        Mistake{"Profile", "broker:\n  profile: mosquito\n", "agent.yaml:2",
                "unknown profile 'mosquito'"},
        Mistake{"NoUrl", "endpoints:\n  - {name: a}\n", "agent.yaml:2", "missing key 'url'"},
        Mistake{"EndpointsIsMap", "endpoints: {url: 'mqtt://127.0.0.1:1'}\n", "agent.yaml:1",
                "'endpoints' must be a list"},
        Mistake{"EndpointIsText", "endpoints: ['mqtt://127.0.0.1:1']\n", "agent.yaml:1",
                "must be a map"},
        Mistake{"Name", "endpoints: [{url: 'mqtt://127.0.0.1:1', name: A}]\n", "agent.yaml:1",
                "no endpoint name"},
        Mistake{"SameName",
                "endpoints:\n- {url: 'mqtt://127.0.0.1:1', name: a}\n- {url: 'mqtt://127.0.0.1:2', "
                "name: a}\n",
                "agent.yaml:3", "a second endpoint named 'a'"},
        Mistake{"SameAddress",
                "endpoints:\n- {url: 'mqtt://127.0.0.1:1', name: a}\n- {url: 'mqtt://127.0.0.1:1', "
                "name: b}\n",
                "agent.yaml:3", "a second endpoint for 127.0.0.1:1"},
        Mistake{"NothingWanted", "endpoints: [{url: 'mqtt://127.0.0.1:1', wanted: false}]\n",
                "agent.yaml:1", "no endpoint is wanted"},
        Mistake{"Window", "policy: {liveness_window: 9s}\n", "agent.yaml:1", "out of range"},
        Mistake{"WindowAndRound", "round_trip: {interval: 2m}\n", "agent.yaml:1",
                "must be longer than a round trip"},
        Mistake{"Unanswered", "policy:\n  unanswered_window: 50s\n", "agent.yaml:2",
                "must be at most policy.unanswered_window 50s"},
        Mistake{"Soft", "listener: {soft_deadline: 10s}\n", "agent.yaml:1",
                "shorter than listener.interval"},
        Mistake{"Hard", "listener: {hard_deadline: 500ms}\n", "agent.yaml:1",
                "at most listener.hard_deadline"},
        Mistake{"Polls", "log: {poll_min: 1s}\n", "agent.yaml:1", "at most log.poll_max"},
        Mistake{"PunchWithoutState", "log: {reclaim: punch}\n", "agent.yaml:1",
                "needs a state.dir"},
        Mistake{"SamePort", "web: {listen: '127.0.0.1:9461'}\n", "agent.yaml:1", "share a port"},
        Mistake{"Port", "web: {listen: ':65536'}\n", "agent.yaml:1", "port from 0 to 65535"},
        Mistake{"Topic", "round_trip: {topic_prefix: 'a/#'}\n", "agent.yaml:1",
                "no topic to publish under"},
        Mistake{"TopicControl", "round_trip: {topic_prefix: \"a\\x01\"}\n", "agent.yaml:1",
                "no topic to publish under"},
        Mistake{"Qos", "round_trip: {qos: 3}\n", "agent.yaml:1", "out of range"}),
    [](const auto& test) { return test.param.name; });

TEST(Load, ListsTheKnownKeysOnceEach) {
  const Errors errors = ErrorsOf("round_trip: {zzzzzz: 1, qos: 1}\n");
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_EQ(errors[0].remedy, "known: interval, deadline, unread_grace, qos, topic_prefix");
}

TEST(Load, ABadValueCausesNoSecondMessage) {
  // 500ms would be shorter than the default deadline, but the deadline is not known.
  EXPECT_THAT(ErrorsOf("round_trip: {deadline: soon, interval: 500ms}\n"), SizeIs(1));
}

TEST(Load, NamesTheMissingFile) {
  Flags flags;
  flags.config = "/nonexistent/agent.yaml";
  const auto result = Load(flags, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(Text(result.error()),
            "/nonexistent/agent.yaml: can't be read: No such file or directory (check the path)\n");
}

TEST(Load, NamesTheUnreadablePasswordFileOnce) {
  const Errors errors = ErrorsOf(
      "broker: {username: u, password_file: /nonexistent/p}\n"
      "endpoints: [{url: 'mqtt://127.0.0.1:1'}, {url: 'mqtt://127.0.0.2:1'}]\n");
  ASSERT_THAT(errors, SizeIs(1)) << Text(errors);
  EXPECT_EQ(errors[0].place, "agent.yaml:1");
  EXPECT_THAT(errors[0].message,
              AllOf(HasSubstr("/nonexistent/p"), HasSubstr("No such file or directory")));
  EXPECT_FALSE(errors[0].remedy.empty());
}

TEST(Load, PasswordFiles) {
  for (const auto& [text, password] : std::vector<std::pair<std::string, std::string>>{
           {"a\n", "a"}, {"a\r\n", "a"}, {"a\n\n", "a\n"}, {" a ", " a "}}) {
    const TempFile file(text);
    const auto result = LoadYaml("broker: {username: u, password_file: " + file.path() + "}\n");
    ASSERT_TRUE(result) << Text(result.error());
    EXPECT_EQ(result->settings.endpoints[0].password, password);
  }
  const TempFile empty("\n");
  EXPECT_THAT(Text(ErrorsOf("broker: {username: u, password_file: " + empty.path() + "}\n")),
              HasSubstr("is empty"));
}

TEST(Load, APasswordNeedsAUserBeforeMqtt5) {
  const TempFile file("p");
  const std::string broker = "broker: {password_file: " + file.path() + "}\n";
  EXPECT_THAT(Text(ErrorsOf(broker)), HasSubstr("a password without a username"));
  EXPECT_TRUE(LoadYaml(broker + "endpoints: [{url: 'mqtt://127.0.0.1:1', mqtt_version: 5}]\n"));
}

TEST(Load, TheFirstEndpointCarriesTheRoundTripUnlessOneSaysSo) {
  const auto carriers = [](std::string_view yaml) {
    std::vector<bool> carry;
    const auto result = LoadYaml(yaml);
    EXPECT_TRUE(result);
    for (const auto& endpoint : result->settings.endpoints) carry.push_back(endpoint.round_trip);
    return carry;
  };
  EXPECT_THAT(carriers("endpoints: [{url: 'mqtt://127.0.0.1:1'}, {url: 'mqtt://127.0.0.2:1'}]"),
              ElementsAre(true, false));
  EXPECT_THAT(carriers("endpoints: [{url: 'mqtt://127.0.0.1:1'}, {url: 'mqtt://127.0.0.2:1', "
                       "round_trip: true}]"),
              ElementsAre(false, true));
  EXPECT_THAT(carriers("endpoints: [{url: 'mqtt://127.0.0.1:1', round_trip: false}]"),
              ElementsAre(false));
  const auto none = LoadYaml("endpoints: [{url: 'mqtt://127.0.0.1:1', round_trip: false}]");
  EXPECT_THAT(none->warnings, ElementsAre(HasSubstr("no endpoint carries a round trip")));
}

TEST(Load, EnvironmentWinsOverFileAndFlagsOverEnvironment) {
  const std::string yaml = "web: {listen: ':1'}\noutput: {level: warn}\npolicy: {fail_after: 7}\n";
  const Environment environment = {"MQTT_VITALS__WEB__LISTEN=:2",
                                   "MQTT_VITALS__OUTPUT__LEVEL=error", "HOME=/root"};
  Flags flags;
  flags.values.push_back({"--web-listen", "web.listen", ":3"});
  const auto result = LoadYaml(yaml, environment, flags);
  ASSERT_TRUE(result) << Text(result.error());
  EXPECT_EQ(result->settings.web_listen.port, 3);
  EXPECT_EQ(result->settings.output.level, "error");
  EXPECT_EQ(result->settings.policy.fail_after, 7);
  EXPECT_THAT(result->warnings, IsEmpty());
}

TEST(Load, EnvironmentOverridesEveryScalar) {
  for (const Key<Config>& key : ConfigKeys()) {
    if (key.kind == KeyKind::kTextList) continue;
    const std::string value = key.print(Config{});
    const auto result = Load({}, {key.Variable() + "=" + value});
    ASSERT_TRUE(result) << key.Path() << ": " << Text(result.error());
    EXPECT_EQ(key.print(result->config), value) << key.Path();
    EXPECT_THAT(result->warnings, IsEmpty()) << key.Path();
  }
}

TEST(Load, AForeignOrUnknownVariableStopsNothing) {
  const auto result =
      Load({}, {"MQTT_VITALS_PORT=tcp://10.0.0.1:9462", "MQTT_VITALS_SERVICE_HOST=10.0.0.1",
                "MQTT_VITALS__WEB__LISTN=:1", "MQTT_VITALS__LOG__PATHS=/a"});
  ASSERT_TRUE(result) << Text(result.error());
  ASSERT_THAT(result->warnings, SizeIs(2));
  EXPECT_THAT(result->warnings[0], AllOf(HasSubstr("MQTT_VITALS__WEB__LISTN"),
                                         HasSubstr("did you mean 'MQTT_VITALS__WEB__LISTEN'?")));
  EXPECT_THAT(result->warnings[1], HasSubstr("a list can't be given"));
}

TEST(Load, ABadVariableOrFlagIsNamed) {
  Flags flags;
  flags.values.push_back({"--probe-listen", "probe.listen", "x"});
  flags.brokers = {"mqtt://127.0.0.1:1", "wss:/b:2"};
  const auto result = Load(flags, {"MQTT_VITALS__POLICY__MODE=kill"});
  ASSERT_FALSE(result);
  std::vector<std::string> places;
  for (const Error& error : result.error()) places.push_back(error.place);
  EXPECT_THAT(places, ElementsAre("MQTT_VITALS__POLICY__MODE", "--probe-listen", "--broker"));
}

TEST(Load, BrokerAndLogFlagsReplaceTheLists) {
  Flags flags;
  flags.brokers = {"mqtt://127.0.0.2:1", "mqtt://127.0.0.3:1"};
  flags.logs = {"/b.log"};
  const auto result =
      LoadYaml("endpoints: [{url: 'mqtt://127.0.0.1:1'}]\nlog: {paths: [/a.log]}\n", {}, flags);
  ASSERT_TRUE(result) << Text(result.error());
  ASSERT_THAT(result->settings.endpoints, SizeIs(2));
  EXPECT_EQ(result->settings.endpoints[0].host, "127.0.0.2");
  EXPECT_TRUE(result->settings.endpoints[0].round_trip);
  EXPECT_FALSE(result->settings.endpoints[1].round_trip);
  EXPECT_THAT(result->settings.log.paths, ElementsAre("/b.log"));
}

TEST(Load, EveryFlagReachesItsKey) {
  for (const FlagInfo& info : FlagList()) {
    if (info.repeatable || info.key.empty()) continue;
    const auto& keys = ConfigKeys();
    EXPECT_TRUE(std::any_of(keys.begin(), keys.end(), [&](const Key<Config>& key) {
      return key.Path() == info.key;
    })) << info.name;
  }
}

TEST(Load, ReadsAProfileFile) {
  const TempFile good("name: mine\nrules: [{id: a, event: e, match: m}]\n", ".yaml");
  const auto result = LoadYaml("broker: {profile: " + good.path() + "}\n");
  ASSERT_TRUE(result) << Text(result.error());
  ASSERT_THAT(result->profiles, SizeIs(1));
  EXPECT_EQ(result->profiles[0]->name, "mine");
  const TempFile bad("nam: mine\n", ".yaml");
  EXPECT_THAT(Text(ErrorsOf("broker: {profile: " + bad.path() + "}\n")),
              HasSubstr(bad.path() + ":1: unknown key 'nam'"));
}

TEST(PrintConfig, CanBeLoadedAgainAndHidesSecrets) {
  const TempFile password("s3cret\n");
  const auto first = LoadYaml(
      "broker: {username: \"we\\\"ird: 'user' #\\x01\", password_file: " + password.path() +
      "}\nlog: {paths: ['/a b/*.log', '[x].log', 'null', '-']}\npolicy: {boot_max: 90s}\n"
      "endpoints: [{url: 'mqtt://[::1]:1'}, {url: 'mqtt://127.0.0.2:2', mqtt_version: 5}]\n");
  ASSERT_TRUE(first) << Text(first.error());
  const std::string text = PrintConfig(first->config);
  EXPECT_THAT(text, Not(HasSubstr("s3cret")));
  EXPECT_THAT(text, HasSubstr("# password: ***"));
  EXPECT_THAT(text, HasSubstr("liveness_window: 1m\n"));
  const auto second = LoadYaml(text);
  ASSERT_TRUE(second) << Text(second.error()) << text;
  EXPECT_EQ(PrintConfig(second->config), text);
  EXPECT_EQ(second->settings.log.paths, first->settings.log.paths);
  EXPECT_EQ(second->settings.endpoints[0].username, "we\"ird: 'user' #\x01");
  EXPECT_EQ(second->settings.endpoints[0].password, "s3cret");
}

}  // namespace
}  // namespace vitals

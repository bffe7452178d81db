#include "agent/config/profile_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitals {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;

constexpr std::string_view kFull = R"(name: mosquitto
title: Eclipse Mosquitto
detect: ['^mosquitto version']
log_paths: [/mosquitto/log/mosquitto.log, /var/log/mosquitto/mosquitto.log]
mqtt_version: 5
slowest_refusal: 5s
boot_max: 15m
longest_announced_stall: 90s
forgeable: false
silent_alarm: true
proven: true
rules:
  - id: running
    event: broker_started
    match: '^mosquitto version \S+ running$'
    life_cycle: started
    samples:
      hit: ['mosquitto version 2.0.18 running']
      miss: ['x: mosquitto version 2.0.18 running']
  - id: save_failed
    event: storage_fault
    match: '^Error saving'
    severity: error
    listener: failed
    progress: true
    metric: percent
    set:
      - {condition: Faulted, subject: storage, affects: storage, after_quiet: 5m, ttl: 10m}
      - {condition: Busy, subject: save, affects: holds_liveness, hold_max: 60s}
    when: {count: 3, within: 60s}
    mute_for: 60s
  - id: saved
    event: storage_ok
    match: '^Saved'
    clear: {condition: Faulted, subject: storage, after_quiet: 30s}
)";

TEST(ProfileFile, ReadsEverything) {
  const auto result = ParseProfile(kFull, "mosquitto.yaml");
  ASSERT_TRUE(result) << result.error().front().ToString();
  const Profile& profile = **result;
  EXPECT_EQ(profile.name, "mosquitto");
  EXPECT_EQ(profile.title, "Eclipse Mosquitto");
  EXPECT_THAT(profile.detect, ElementsAre("^mosquitto version"));
  EXPECT_THAT(profile.log_paths, SizeIs(2));
  EXPECT_EQ(profile.mqtt_version, 5);
  EXPECT_EQ(profile.slowest_refusal, 5s);
  EXPECT_EQ(profile.boot_max, 15min);
  EXPECT_EQ(profile.longest_announced_stall, 90s);
  EXPECT_FALSE(profile.forgeable);
  EXPECT_TRUE(profile.silent_alarm);
  EXPECT_TRUE(profile.proven);
  EXPECT_EQ(profile.place, "mosquitto.yaml");
  ASSERT_THAT(profile.rules, SizeIs(3));

  const Rule& running = profile.rules[0];
  EXPECT_EQ(running.place, "mosquitto.yaml:13");
  EXPECT_EQ(running.event, "broker_started");
  EXPECT_EQ(running.match, "^mosquitto version \\S+ running$");
  EXPECT_EQ(running.severity, Severity::kInfo);
  EXPECT_EQ(running.life_cycle, LifeCycle::kStarted);
  EXPECT_THAT(running.samples.hit, SizeIs(1));
  EXPECT_THAT(running.samples.miss, SizeIs(1));
  EXPECT_EQ(running.count, 1);

  const Rule& failed = profile.rules[1];
  EXPECT_EQ(failed.severity, Severity::kError);
  EXPECT_EQ(failed.listener, ListenerLine::kFailed);
  EXPECT_TRUE(failed.progress);
  EXPECT_EQ(failed.metric, "percent");
  EXPECT_EQ(failed.count, 3);
  EXPECT_EQ(failed.within, 60s);
  EXPECT_EQ(failed.mute_for, 60s);
  ASSERT_THAT(failed.effects, SizeIs(2));
  EXPECT_EQ(failed.effects[0].condition, ConditionType::kFaulted);
  EXPECT_EQ(failed.effects[0].affects, Affects::kStorage);
  EXPECT_EQ(failed.effects[0].after_quiet, 5min);
  EXPECT_EQ(failed.effects[0].ttl, 10min);
  EXPECT_EQ(failed.effects[1].affects, Affects::kHoldsLiveness);
  EXPECT_EQ(failed.effects[1].hold_max, 60s);

  ASSERT_THAT(profile.rules[2].effects, SizeIs(1));
  EXPECT_EQ(profile.rules[2].effects[0].kind, Effect::Kind::kClear);
  EXPECT_EQ(profile.rules[2].effects[0].subject, "storage");
  EXPECT_EQ(profile.rules[2].effects[0].after_quiet, 30s);
}

TEST(ProfileFile, OnlyTheNameIsRequired) {
  const auto result = ParseProfile("name: x\n", "x.yaml");
  ASSERT_TRUE(result);
  EXPECT_EQ((*result)->title, "x");
  EXPECT_TRUE((*result)->forgeable);
  EXPECT_EQ((*result)->mqtt_version, 4);
}

struct Mistake {
  const char* name;
  const char* rule;  // lines of one rule, after its id, event and match (line 6 on)
  const char* place;
  const char* message;
  const char* remedy;
};

class ProfileMistake : public testing::TestWithParam<Mistake> {};

TEST_P(ProfileMistake, IsReportedWithPlaceAndRemedy) {
  const std::string text =
      std::string("name: x\nrules:\n  - id: a\n    event: e\n    match: m\n") + GetParam().rule;
  const auto result = ParseProfile(text, "x.yaml");
  ASSERT_FALSE(result);
  ASSERT_THAT(result.error(), SizeIs(1)) << result.error()[1].ToString();
  EXPECT_EQ(result.error()[0].place, GetParam().place);
  EXPECT_THAT(result.error()[0].message, HasSubstr(GetParam().message));
  EXPECT_THAT(result.error()[0].remedy, HasSubstr(GetParam().remedy));
}

INSTANTIATE_TEST_SUITE_P(
    All, ProfileMistake,
    testing::Values(
        Mistake{"UnknownKey", "    severty: info\n", "x.yaml:6", "unknown key 'severty'",
                "did you mean 'severity'?"},
        Mistake{"UnknownSeverity", "    severity: warning\n", "x.yaml:6",
                "severity: unknown value 'warning'", "did you mean 'warn'?"},
        Mistake{"LifeCycleNone", "    life_cycle: none\n", "x.yaml:6", "unknown value 'none'",
                "known: booting"},
        Mistake{"ConditionOfTheJudge", "    set: {condition: Accepting}\n", "x.yaml:6",
                "unknown value 'Accepting'", "Faulted"},
        Mistake{"NoCondition", "    set: {subject: a}\n", "x.yaml:6", "missing key 'condition'",
                "add it"},
        Mistake{"HoldWithoutBound", "    set: {condition: Busy, affects: holds_liveness}\n",
                "x.yaml:6", "needs hold_max", "longest time"},
        Mistake{"BoundWithoutHold", "    set: {condition: Busy, hold_max: 5s}\n", "x.yaml:6",
                "only for holds_liveness", "remove it"},
        Mistake{"ClearOfNothing", "    clear: {condition: Faulted, subject: disk}\n", "x.yaml:6",
                "clears Faulted 'disk', which no rule sets", "a rule that sets it"},
        Mistake{"DuplicateId", "  - {id: a, event: e, match: m}\n", "x.yaml:6",
                "duplicate rule id 'a'", "first used at x.yaml:3"},
        Mistake{"BadId", "  - {id: A-b, event: e, match: m}\n", "x.yaml:6", "id: 'A-b'",
                "a-z, 0-9 and _"},
        Mistake{"EmptyMatch", "  - {id: b, event: e, match: ''}\n", "x.yaml:6", "match: is empty",
                "RE2"},
        Mistake{"BadDuration", "    mute_for: 60\n", "x.yaml:6", "'60' is not a duration", "250ms"},
        Mistake{"BadCount", "    when: {count: 0, within: 1s}\n", "x.yaml:6", "out of range",
                "from 1"},
        Mistake{"NoMap", "    samples: text\n", "x.yaml:6", "'samples' must be a map", "KEY"},
        Mistake{"NoList", "    samples: {hit: text}\n", "x.yaml:6", "'hit' must be a list",
                "[VALUE"}),
    [](const auto& test) { return test.param.name; });

TEST(ProfileFile, ReportsAllMistakesInTheOrderOfTheFile) {
  const auto result = ParseProfile(
      "nam: x\nmqtt_version: 4\nforgeable: yes\nrules:\n  - {id: a, event: e}\n  - 5\n", "x.yaml");
  ASSERT_FALSE(result);
  std::vector<std::string> places;
  for (const Error& error : result.error()) places.push_back(error.place);
  EXPECT_THAT(places,
              ElementsAre("x.yaml:1", "x.yaml:1", "x.yaml:2", "x.yaml:3", "x.yaml:5", "x.yaml:6"));
}

}  // namespace
}  // namespace vitals

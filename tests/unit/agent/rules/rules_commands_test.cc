// `rules test` and `rules check` on files of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "agent/rules_check.h"
#include "agent/rules_test.h"
#include "tests/support/temp_dir.h"

namespace vitals {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kProfile = R"(name: toy
detect: ['^toy ']
continues: '^\t'
rules:
  - id: starting
    event: broker_booting
    match: '^\d+: starting$'
    life_cycle: booting
    samples: {hit: ['1795346782: starting'], miss: ['x: starting']}
  - id: running
    event: broker_started
    match: '^\d+: running$'
    life_cycle: started
  - id: refused
    event: refused
    match: '^\d+: refused (?P<who>\S+)$'
    severity: warn
    set: {condition: Overloaded, subject: clients, affects: readiness, ttl: 30s}
    when: {count: 2, within: 10s}
  - id: unused
    event: unused
    match: '^\d+: never seen$'
)";

struct Result {
  int code = -1;
  std::string out, err;
  std::vector<json> lines() const {
    std::vector<json> parsed;
    std::istringstream text(out);
    for (std::string line; std::getline(text, line);) parsed.push_back(json::parse(line));
    return parsed;
  }
};

class RulesCommandsTest : public testing::Test {
 protected:
  Result Test(const std::string& log, bool as_json = true, bool summary = false) {
    return Test({profile_, {folder_.Write("b.log", log)}, as_json, summary});
  }
  static Result Test(const RulesFlags& flags) {
    std::ostringstream out, err;
    const int code = RunRulesTest(flags, out, err);
    return {code, out.str(), err.str()};
  }
  Result Check(const std::string& profile) {
    std::ostringstream out, err;
    const int code = RunRulesCheck(folder_.Write("mine.yaml", profile), out, err);
    return {code, out.str(), err.str()};
  }

  TempDir folder_;
  std::string profile_ = folder_.Write("toy.yaml", kProfile);
};

TEST_F(RulesCommandsTest, TellsEachEventAndTheSummary) {
  const Result result = Test(
      "1000000000: starting\n1000000001: running\nplain\n"
      "1000000002: refused a\n1000000003: refused b\n1000000004: Error: x\n");
  ASSERT_EQ(result.code, 0) << result.err;
  const std::vector<json> lines = result.lines();
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[0]["type"], "event");
  EXPECT_EQ(lines[0]["rule"], "starting");
  EXPECT_EQ(lines[0]["line"], 1);
  EXPECT_EQ(lines[0]["life_cycle"], "booting");
  EXPECT_TRUE(lines[0]["condition"].is_null());
  EXPECT_THAT(lines[0]["file"].get<std::string>(), HasSubstr("b.log"));
  EXPECT_EQ(lines[2]["condition"], "Overloaded/clients");
  EXPECT_EQ(lines[2]["state"], "clear") << "one of two";
  EXPECT_EQ(lines[3]["state"], "set");
  EXPECT_EQ(lines[3]["severity"], "warn");
  EXPECT_EQ(lines[3]["captures"]["who"], "b");
  const json& summary = lines[4];
  EXPECT_EQ(summary["type"], "summary");
  EXPECT_EQ(summary["profile"], "toy");
  EXPECT_EQ(summary["confidence"], 1.0);
  EXPECT_EQ(summary["lines"], 6);
  EXPECT_EQ(summary["matched"], 4);
  EXPECT_EQ(summary["unmatched_warnings"], 1);
  EXPECT_THAT(summary["unmatched_examples"][0].get<std::string>(),
              HasSubstr("b.log:6: 1000000004: Error: x"));
  EXPECT_THAT(summary["rules_never_hit"], ElementsAre("unused"));
  EXPECT_EQ(summary["stage"], "started");
  ASSERT_EQ(summary["conditions"].size(), 1u);
  EXPECT_EQ(summary["conditions"][0]["condition"], "Overloaded/clients");
}

TEST_F(RulesCommandsTest, CountsAndLivesRunByTheStampsOfTheLines) {
  EXPECT_THAT(Test("1000000000: refused a\n1000000011: refused b\n").lines().back()["conditions"],
              IsEmpty())
      << "not within 10 s";
  EXPECT_THAT(Test("1000000000: refused a\n1000000001: refused b\n1000000032: running\n")
                  .lines()
                  .back()["conditions"],
              IsEmpty())
      << "its life is over";
}

TEST_F(RulesCommandsTest, ANewBootEndsWhatTheOldOneSet) {
  const json summary = Test(
                           "1000000000: running\n1000000002: refused a\n1000000003: refused b\n"
                           "1000000004: starting\n")
                           .lines()
                           .back();
  EXPECT_THAT(summary["conditions"], IsEmpty());
  EXPECT_EQ(summary["stage"], "booting");
}

TEST_F(RulesCommandsTest, TheSummaryAloneIsTheSame) {
  const std::string log = "1000000000: starting\n1000000002: refused a\nno line end";
  const json alone = Test(log, true, true).lines().at(0);
  EXPECT_EQ(alone, Test(log).lines().back());
  EXPECT_EQ(alone["lines"], 3);
  EXPECT_EQ(alone["bytes"], log.size());
}

TEST_F(RulesCommandsTest, TextMovesNoTerminal) {
  const Result result = Test("1000000000: refused \x1b[2J\n", false);
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, HasSubstr("who = \\x1b[2J"));
  EXPECT_THAT(result.out, HasSubstr("sets Overloaded/clients at line 2, affects readiness: now"));
  EXPECT_EQ(result.out.find('\x1b'), std::string::npos);
  EXPECT_EQ(Test("1000000000: refused \xff\n").lines().size(), 2u) << "JSON of any bytes";
}

TEST_F(RulesCommandsTest, AnEventShowsTheLinesThatGoOnWithIt) {
  const std::string log = "1000000000: running\n\tat \xff\n\tat b\nnoise\n\tof the noise\n";
  const auto lines = Test(log + "1000000001: running\n").lines();
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0]["context"], "\tat \xef\xbf\xbd\n\tat b");
  EXPECT_FALSE(lines[1].contains("context"));
  EXPECT_THAT(Test(log, false).out, HasSubstr("    | \\x09at \xff\n    | \\x09at b\nprofile toy"));
}

TEST_F(RulesCommandsTest, AnEntryEndsWithItsFile) {
  const Result result =
      Test({profile_,
            {folder_.Write("a.log", "1000000000: running\n"), folder_.Write("b.log", "\tat\n")},
            true,
            false});
  EXPECT_FALSE(result.lines().at(0).contains("context")) << result.out;
}

TEST_F(RulesCommandsTest, ReadsTheLinesOfAContainerRuntime) {
  const Result result = Test(
      "2026-11-22T11:31:26.000000001Z stdout P 1000000000: ref\n"
      "2026-11-22T11:31:26.000000002Z stdout F used a\n");
  ASSERT_EQ(result.lines().size(), 2u) << result.out;
  EXPECT_EQ(result.lines()[0]["line"], 2);
  EXPECT_EQ(result.lines()[0]["captures"]["who"], "a");
}

TEST_F(RulesCommandsTest, FindsTheProfileByItself) {
  const std::string log =
      folder_.Write("m.log", "1795346782: mosquitto version 2.0.11 starting\n1795346782: x\n");
  const json summary = Test({"auto", {log}, true, true}).lines().at(0);
  EXPECT_EQ(summary["profile"], "mosquitto");
  EXPECT_EQ(summary["confidence"], 0.5);
  const Result unknown = Test({"auto", {folder_.Write("u.log", "who knows\n")}, true, true});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("u.log: no shipped profile knows these lines"));
}

TEST_F(RulesCommandsTest, NamesEveryFileThatItCanNotRead) {
  const Result result = Test({"nosuch", {folder_.path() / "none.log", folder_.path()}, true, true});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, HasSubstr("unknown profile 'nosuch'"));
  EXPECT_THAT(result.err, HasSubstr("none.log: cannot be read: No such file"));
  EXPECT_THAT(result.err, HasSubstr("Is a directory"));
}

TEST_F(RulesCommandsTest, CheckCountsWhatIsGood) {
  const Result result = Check(kProfile);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "4 rules, 2 samples good\n");
  EXPECT_THAT(result.err, HasSubstr("mine.yaml:10: note: rule 'running' has no sample"));
}

TEST_F(RulesCommandsTest, CheckReportsEveryMistakeInTheOrderOfTheFile) {
  const Result result = Check(R"(name: mine
titel: x
rules:
  - id: one
    event: e
    match: '('
  - id: two
    event: e
    match: '^two$'
    samples: {hit: [three], miss: [two]}
  - id: two
    event: e
)");
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.out, IsEmpty());
  std::vector<std::size_t> places;
  for (const char* text :
       {"mine.yaml:2: unknown key 'titel'", "mine.yaml:4: rule 'one': missing )",
        "mine.yaml:7: rule 'two' does not match its sample 'three' (correct 'match'",
        "mine.yaml:7: rule 'two' matches 'two', which it must miss", "'match'",
        "duplicate rule id 'two'"}) {
    places.push_back(result.err.find(text));
    EXPECT_NE(places.back(), std::string::npos) << text << " not in\n" << result.err;
  }
  EXPECT_TRUE(std::is_sorted(places.begin(), places.begin() + 4)) << result.err;
}

TEST_F(RulesCommandsTest, CheckWarnsOfSlowRulesAndNotesLooseOnes) {
  const Result result = Check("name: mine\nrules:\n  - {id: a, event: e, match: '\\d+'}\n");
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.err, HasSubstr("mine.yaml:3: warning: rule 'a' requires no fixed text"));
  EXPECT_THAT(result.err, HasSubstr("note: rule 'a' matches anywhere"));
}

TEST_F(RulesCommandsTest, CheckNeedsAFileAndYaml) {
  EXPECT_THAT(Check("a: [").err, HasSubstr("mine.yaml:"));
  std::ostringstream out, err;
  EXPECT_EQ(RunRulesCheck(folder_.path() / "none.yaml", out, err), 2);
  EXPECT_THAT(err.str(), HasSubstr("none.yaml"));
}

}  // namespace
}  // namespace vitals

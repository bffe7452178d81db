// docs/verdicts.md and the tests name the same things: each row of its table of verdicts, each rule
// and each turn of a condition has a test of its name, and no test of a row is of none.
#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "agent/core/condition.h"
#include "tests/support/markdown_table.h"

namespace vitals {
namespace {

// "boot_stalled" and "Boot stalled" are both "BootStalled".
std::string Camel(const std::string& name) {
  std::string camel;
  bool first = true;
  for (const char c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) {
      first = true;
      continue;
    }
    camel += first ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    first = false;
  }
  return camel;
}

// Suites of this program, with the names of their tests.
std::map<std::string, std::set<std::string>> Tests() {
  std::map<std::string, std::set<std::string>> tests;
  const auto& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const auto& suite = *all.GetTestSuite(i);
    for (int j = 0; j < suite.total_test_count(); ++j) {
      tests[suite.name()].insert(suite.GetTestInfo(j)->name());
    }
  }
  return tests;
}

std::set<std::string> Names(const std::string& head) {
  std::set<std::string> names;
  for (const MarkdownRow& row : ReadTable("verdicts.md", head)) names.insert(Camel(row.front()));
  return names;
}

TEST(VerdictsPage, EachRowHasATestAndEachTestARow) {
  std::set<std::string> rows = Names("| row | situation |");
  EXPECT_GE(rows.size(), 25u);
  // The gate answers without a worker: tests/unit/agent/gate/bulletin_test.cc.
  EXPECT_EQ(rows.erase("WorkerAway"), 1u);
  std::set<std::string> tested;
  const std::set<std::string> tests = Tests()["VerdictRows"];
  for (const std::string& test : tests) {
    std::string longest;
    for (const std::string& row : rows) {
      if (test.starts_with(row) && row.size() > longest.size()) longest = row;
    }
    EXPECT_NE(longest, "") << "no row of docs/verdicts.md for the test " << test;
    tested.insert(longest);
  }
  for (const std::string& row : rows) {
    EXPECT_TRUE(tested.contains(row)) << "no test VerdictRows." << row << "...";
  }
}

TEST(VerdictsPage, EachRuleHasTests) {
  const auto tests = Tests();
  std::ifstream page(std::string(VITALS_SOURCE_DIR) + "/docs/verdicts.md");
  int rules = 0;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) inside = line == "## Rules";
    if (!inside || !line.starts_with("- ")) continue;
    ++rules;
    const auto end = line.find(".**");
    ASSERT_TRUE(line.starts_with("- **") && end != std::string::npos) << "no name: " << line;
    const std::string suite = Camel(line.substr(4, end - 4));
    EXPECT_TRUE(tests.contains(suite)) << "no test " << suite << ".*";
  }
  EXPECT_GE(rules, 15);
}

TEST(VerdictsPage, EachTurnOfEachConditionHasATest) {
  const std::set<std::string> turns = Names("| turn | when |");
  EXPECT_EQ(turns, Tests()["ConditionTurns"]);
  for (std::size_t i = 0; i < kConditionTypeCount; ++i) {
    for (const char* status : {"True", "False"}) {
      const std::string turn = std::string(Name(static_cast<ConditionType>(i))) + status;
      EXPECT_TRUE(turns.contains(turn)) << turn;
    }
  }
}

}  // namespace
}  // namespace vitals

// docs/metrics.md and docs/reasons.md say what the tables in the code say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "agent/core/condition.h"
#include "agent/metrics/catalogue.h"
#include "agent/metrics/failure_table.h"
#include "tests/support/markdown_table.h"

namespace vitals {
namespace {

TEST(MetricsPage, IsTheCatalogue) {
  std::vector<MarkdownRow> expected;
  for (const auto& family : MetricCatalogue()) {
    std::string labels;
    for (const auto label : family.labels()) {
      labels += (labels.empty() ? "" : ", ") + std::string(label);
    }
    expected.push_back({std::string(family.name), std::string(Name(family.kind)), labels});
  }
  auto rows = ReadTable("metrics.md", "| metric |");
  for (auto& row : rows) {
    ASSERT_EQ(row.size(), 4u) << row[0];
    EXPECT_FALSE(row.back().empty()) << row[0];
    row.pop_back();
  }
  EXPECT_EQ(rows, expected);
}

TEST(Catalogue, FollowsTheNamingRules) {
  std::set<std::string_view> names;
  for (const auto& family : MetricCatalogue()) {
    EXPECT_TRUE(names.insert(family.name).second) << family.name;
    EXPECT_FALSE(family.help.empty()) << family.name;
    EXPECT_EQ(family.name.ends_with("_total"), family.kind == MetricKind::kCounter) << family.name;
    EXPECT_TRUE(family.name.starts_with("mqtt_vitals_") || family.name.starts_with("process_"))
        << family.name;
  }
}

TEST(ReasonsPage, HasEveryReason) {
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    expected.emplace_back(Name(static_cast<Reason>(i)));
  }
  std::vector<std::string> names;
  for (const auto& row : ReadTable("reasons.md", "| reason | meaning |")) {
    ASSERT_EQ(row.size(), 2u) << row[0];
    EXPECT_FALSE(row[1].empty()) << row[0];
    names.push_back(row[0]);
  }
  EXPECT_EQ(names, expected);
}

TEST(ReasonsPage, HasEveryFailureWithItsStagesAndFault) {
  std::vector<MarkdownRow> expected;
  for (std::size_t i = 0; i < kFailReasonCount; ++i) {
    const auto reason = static_cast<FailReason>(i);
    std::set<Stage> stages;
    for (const auto& failure : ExpectedFailures()) {
      if (failure.reason == reason) stages.insert(failure.stage);
    }
    std::string text;
    for (const Stage stage : stages) {
      text += (text.empty() ? "" : ", ") + std::string(Name(stage));
    }
    EXPECT_NE(text, "") << Name(reason) << " occurs nowhere";
    expected.push_back({std::string(Name(reason)), text, std::string(Name(DefaultFault(reason)))});
  }
  auto rows = ReadTable("reasons.md", "| reason | stages |");
  for (auto& row : rows) {
    ASSERT_EQ(row.size(), 4u) << row[0];
    EXPECT_FALSE(row.back().empty()) << row[0];
    row.pop_back();
  }
  EXPECT_EQ(rows, expected);
}

TEST(FailureTable, NamesEachFailureOnce) {
  std::set<std::tuple<ProbeKind, Stage, FailReason>> seen;
  for (const auto& failure : ExpectedFailures()) {
    EXPECT_TRUE(seen.insert({failure.probe, failure.stage, failure.reason}).second)
        << Name(failure.probe) << " " << Name(failure.stage) << " " << Name(failure.reason);
  }
}

// The numbers that docs/reasons.md gives for a plain endpoint.
TEST(FailureTable, PlainEndpointHasFewSeries) {
  EndpointSettings plain;
  int listener = 0;
  int round_trip = 0;
  for (const auto& failure : ExpectedFailures()) {
    if (!PassesThrough(plain, failure.stage)) continue;
    ++(failure.probe == ProbeKind::kListener ? listener : round_trip);
  }
  EXPECT_EQ(listener, 26);
  EXPECT_EQ(round_trip, 47);
}

TEST(FailureTable, StagesFollowTheEndpoint) {
  EndpointSettings endpoint;
  endpoint.scheme = "wss";
  endpoint.host = "broker.example";
  for (const Stage stage : {Stage::kResolve, Stage::kTcp, Stage::kTls, Stage::kUpgrade}) {
    EXPECT_TRUE(PassesThrough(endpoint, stage)) << Name(stage);
  }
  endpoint.scheme = "mqtt";
  endpoint.host = "::1";
  for (const Stage stage : {Stage::kResolve, Stage::kTls, Stage::kUpgrade, Stage::kProxy}) {
    EXPECT_FALSE(PassesThrough(endpoint, stage)) << Name(stage);
  }
}

}  // namespace
}  // namespace vitals

// One test for each turn of a condition (docs/verdicts.md, Conditions).
#include <gtest/gtest.h>

#include "tests/support/judge/scenario.h"

namespace vitals {
namespace {

Status Of(const Scenario& scenario, ConditionType type, const std::string& subject = "") {
  const Condition* condition = scenario.Find(type, subject);
  return condition == nullptr ? Status::kUnknown : condition->status;
}

TEST(ConditionTurns, StartedTrue) {
  Scenario scenario;
  scenario.Log("booting").Log("identified");
  EXPECT_EQ(Of(scenario, ConditionType::kStarted), Status::kFalse);
  scenario.Log("started");
  EXPECT_EQ(Of(scenario, ConditionType::kStarted), Status::kTrue);
  Scenario by_mqtt;
  by_mqtt.Broker(kWorks).Run(1s);
  EXPECT_EQ(Of(by_mqtt, ConditionType::kStarted), Status::kTrue);
}

TEST(ConditionTurns, StartedFalse) {
  Scenario scenario = Scenario::Working();
  scenario.Broker(kRefused).Run(3s);
  EXPECT_EQ(Of(scenario, ConditionType::kStarted), Status::kFalse);
}

TEST(ConditionTurns, AcceptingUnknown) {
  Scenario scenario;
  EXPECT_EQ(Of(scenario, ConditionType::kAccepting, "e0"), Status::kUnknown);
  // What has never opened is not known to be broken either.
  scenario.Broker(kRefused).Run(30s);
  EXPECT_EQ(Of(scenario, ConditionType::kAccepting, "e0"), Status::kUnknown);
  Scenario again = Scenario::Working();
  again.Broker(kRefused).Run(3s);
  EXPECT_EQ(Of(again, ConditionType::kAccepting, "e0"), Status::kUnknown) << "a new boot";
}

TEST(ConditionTurns, AcceptingTrue) {
  Scenario scenario;
  scenario.Broker(kRefused).Run(30s).Broker(kWorks).Run(100ms);
  EXPECT_EQ(Of(scenario, ConditionType::kAccepting, "e0"), Status::kTrue) << "the first good one";
  scenario.Run(20s).Broker({Path::kQuota, Path::kWorks}).Run(3s);
  scenario.Broker(kWorks).Run(1s);
  EXPECT_EQ(Of(scenario, ConditionType::kAccepting, "e0"), Status::kFalse);
  scenario.Run(3s);
  EXPECT_EQ(Of(scenario, ConditionType::kAccepting, "e0"), Status::kTrue) << "six good ones";
}

TEST(ConditionTurns, AcceptingFalse) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kQuota, Path::kWorks}).Run(100ms);
  EXPECT_EQ(Of(scenario, ConditionType::kAccepting, "e0"), Status::kTrue) << "one is too few";
  scenario.Run(400ms);
  EXPECT_EQ(Of(scenario, ConditionType::kAccepting, "e0"), Status::kFalse);
}

TEST(ConditionTurns, DeliveringUnknown) {
  Scenario scenario;
  scenario.Broker({Path::kWorks, Path::kUnread}).Run(30s);
  EXPECT_EQ(Of(scenario, ConditionType::kDelivering, "e0"), Status::kUnknown);
  Scenario again = Scenario::Working();
  again.Broker(kRefused).Run(3s);
  EXPECT_EQ(Of(again, ConditionType::kDelivering, "e0"), Status::kUnknown) << "a new boot";
}

TEST(ConditionTurns, DeliveringTrue) {
  Scenario scenario;
  scenario.Broker(kWorks).Run(100ms);
  EXPECT_EQ(Of(scenario, ConditionType::kDelivering, "e0"), Status::kTrue) << "the first good one";
  scenario.Run(5s).Broker({Path::kWorks, Path::kUnread}).Run(5s).Broker(kWorks).Run(600ms);
  EXPECT_EQ(Of(scenario, ConditionType::kDelivering, "e0"), Status::kFalse) << "two good ones";
  scenario.Run(1s);
  EXPECT_EQ(Of(scenario, ConditionType::kDelivering, "e0"), Status::kTrue);
}

TEST(ConditionTurns, DeliveringFalse) {
  Scenario scenario = Scenario::Working();
  scenario.Broker({Path::kWorks, Path::kUnread});
  const Duration down = scenario.RunUntilReady(false, 10s);
  EXPECT_EQ(Of(scenario, ConditionType::kDelivering, "e0"), Status::kFalse);
  EXPECT_GE(down, 1300ms) << "the second failure";
  EXPECT_LE(down, 2300ms);
}

TEST(ConditionTurns, StoppingTrue) {
  Scenario by_log = Scenario::Working();
  by_log.Log("stopping");
  EXPECT_EQ(Of(by_log, ConditionType::kStopping), Status::kTrue);
  Scenario by_word = Scenario::Working();
  by_word.Send({Command::Kind::kDrain, {}, "", ""});
  EXPECT_EQ(Of(by_word, ConditionType::kStopping), Status::kTrue);
}

TEST(ConditionTurns, StoppingFalse) {
  Scenario by_word = Scenario::Working();
  by_word.Send({Command::Kind::kDrain, {}, "", ""}).Send({Command::Kind::kUndrain, {}, "", ""});
  EXPECT_EQ(Of(by_word, ConditionType::kStopping), Status::kFalse);
  Scenario by_boot = Scenario::Working();
  by_boot.Log("stopping").Broker(kRefused).Run(5s).Log("booting");
  EXPECT_EQ(Of(by_boot, ConditionType::kStopping), Status::kFalse);
}

TEST(ConditionTurns, BusyTrue) {
  Scenario scenario = Scenario::Working();
  scenario.Log("save");
  EXPECT_EQ(Of(scenario, ConditionType::kBusy, "save"), Status::kTrue);
}

TEST(ConditionTurns, BusyFalse) {
  Scenario by_line = Scenario::Working();
  by_line.Broker(kFrozen).Log("save").Run(10s).Log("saved");
  EXPECT_EQ(Of(by_line, ConditionType::kBusy, "save"), Status::kFalse);
  Scenario by_bound = Scenario::Working();
  by_bound.Broker(kFrozen).Log("save").Run(179s);
  EXPECT_EQ(Of(by_bound, ConditionType::kBusy, "save"), Status::kTrue);
  by_bound.Run(1s);
  EXPECT_EQ(Of(by_bound, ConditionType::kBusy, "save"), Status::kFalse);
}

TEST(ConditionTurns, OverloadedTrue) {
  Scenario scenario = Scenario::Working();
  scenario.Log("overload");
  EXPECT_EQ(Of(scenario, ConditionType::kOverloaded, "memory"), Status::kTrue);
}

TEST(ConditionTurns, OverloadedFalse) {
  Scenario scenario = Scenario::Working();
  scenario.Log("overload").Log("overload_over");
  EXPECT_EQ(Of(scenario, ConditionType::kOverloaded, "memory"), Status::kFalse);
}

TEST(ConditionTurns, FaultedTrue) {
  Scenario scenario = Scenario::Working();
  scenario.Log("storage");
  EXPECT_EQ(Of(scenario, ConditionType::kFaulted, "storage"), Status::kTrue);
}

TEST(ConditionTurns, FaultedFalse) {
  Scenario by_line = Scenario::Working();
  by_line.Log("storage").Log("storage_good");
  EXPECT_EQ(Of(by_line, ConditionType::kFaulted, "storage"), Status::kFalse);
  Scenario by_boot = Scenario::Working();
  by_boot.Log("storage").Broker(kRefused).Run(3s);
  EXPECT_EQ(by_boot.Find(ConditionType::kFaulted, "storage"), nullptr) << "a new boot";
}

TEST(ConditionTurns, ClusteredTrue) {
  Scenario scenario = Scenario::Working();
  scenario.Log("peers_back");
  EXPECT_EQ(Of(scenario, ConditionType::kClustered, "members"), Status::kTrue);
}

TEST(ConditionTurns, ClusteredFalse) {
  Scenario scenario = Scenario::Working();
  scenario.Log("peers_back").Log("peers_missing");
  EXPECT_EQ(Of(scenario, ConditionType::kClustered, "members"), Status::kFalse);
}

TEST(ConditionTurns, ObservedTrue) {
  Scenario scenario = Scenario::Working();
  LogProgress followed;
  followed.files = 1;
  scenario.Progress(followed).Run(1s);
  EXPECT_EQ(Of(scenario, ConditionType::kObserved), Status::kTrue);
}

TEST(ConditionTurns, ObservedFalse) {
  LogProgress followed;
  followed.files = 1;
  Scenario late = Scenario::Working();
  late.Progress(followed).Run(1s, 300ms);
  EXPECT_EQ(late.Find(ConditionType::kObserved)->reason, Reason::kAgentLate);
  Scenario refused = Scenario::Working();
  refused.Progress(followed).Broker({Path::kWorks, Path::kBadPassword}).Run(2s);
  EXPECT_EQ(refused.Find(ConditionType::kObserved)->reason, Reason::kAgentFault);
  Scenario troubled = Scenario::Working();
  followed.trouble = "no such file";
  troubled.Progress(followed).Run(1s);
  EXPECT_EQ(troubled.Find(ConditionType::kObserved)->reason, Reason::kLogSilent);
  for (const Scenario* each : {&late, &refused, &troubled}) {
    EXPECT_EQ(Of(*each, ConditionType::kObserved), Status::kFalse);
  }
}

}  // namespace
}  // namespace vitals

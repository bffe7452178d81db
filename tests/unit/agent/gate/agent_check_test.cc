#include "agent/gate/agent_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/process.h"
#include "tests/unit/agent/gate/encoded.h"

namespace vitals {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::SizeIs;

std::string LineFor(const Verdict& readiness) {
  Snapshot snapshot;
  snapshot.readiness = readiness;
  const Encoded encoded(snapshot);
  EXPECT_TRUE(encoded.good());
  return std::string(AgentCheckLine(encoded.standing()).view());
}

std::string LineFor(bool ok, Reason reason, std::string message) {
  return LineFor({ok, reason, std::move(message), Time{}, {}});
}

// And docs/haproxy.md shows each of them.
TEST(AgentCheck, Table) {
  const std::string page = ReadFile(VITALS_SOURCE_DIR "/docs/haproxy.md");
  const struct {
    bool ok;
    Reason reason;
    const char* message;
    const char* line;
  } rows[] = {
      {true, Reason::kOk, "every wanted endpoint lets clients in", "ready up"},
      {true, Reason::kAgentFault, "", "ready up"},
      {false, Reason::kDraining, "stopping: a drain was asked for 2 s ago", "drain"},
      {false, Reason::kStopping, "stopping: the log announced a shutdown", "drain"},
      {false, Reason::kNotAccepting, "accepting/plain: connack: silent, 2 of the last 6",
       "down #not_accepting accepting/plain: connack: silent, 2 of the last 6"},
      {false, Reason::kBooting, "started: replay", "down #booting started: replay"},
      {false, Reason::kAgentLate, "", "down #agent_late"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(LineFor(row.ok, row.reason, row.message), std::string(row.line) + "\n");
    EXPECT_THAT(page, HasSubstr("`" + std::string(row.line) + "`"));
  }
}

TEST(AgentCheck, WhatCameFromABrokerStaysInsideOneLine) {
  EXPECT_EQ(LineFor(false, Reason::kFault, "a\nready up\r\nb"), "down #fault a ready up  b\n");
  const std::string line = LineFor(false, Reason::kFault, std::string(1'000, 'x'));
  EXPECT_THAT(line, SizeIs(kAgentCheckMax));
  EXPECT_THAT(line, EndsWith("x\n"));
}

}  // namespace
}  // namespace vitals

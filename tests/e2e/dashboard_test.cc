// Every query of the dashboards finds data in what a running agent really exports.
#include <gtest/gtest.h>

#include "tests/e2e/e2e.h"

namespace vitals {
namespace {

class DashboardTest : public MosquittoTest {};

TEST_F(DashboardTest, EveryQueryFindsData) {
  for (const char* program : {"prometheus", "python3"}) {
    if (!FindProgram(program)) GTEST_SKIP() << NotFound(program);
  }
  MosquittoBroker broker;
  ASSERT_TRUE(Ok(broker.Start()));
  AgentProcess agent(Watching(broker));
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  const std::string script = std::string(VITALS_SOURCE_DIR) + "/tests/dashboards/query_live.py";
  const auto done = RunToEnd(
      {.name = "queries",
       .folder = files_.path(),
       .args = {"python3", script, "--target", "127.0.0.1:" + std::to_string(agent.web_port())}},
      240s);
  EXPECT_EQ(done.code, 0) << done.out << done.err;
}

}  // namespace
}  // namespace vitals

// The broker dies, comes back, or says good-bye: readiness follows, liveness leaves it alone.
#include <gtest/gtest.h>

#include "tests/e2e/e2e.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

using RestartTest = ReadyAgentTest;

TEST_F(RestartTest, KilledAndStartedAgain) {
  broker_.Kill9();
  ASSERT_TRUE(agent_.WaitNotReady(3s)) << agent_.Story();
  EXPECT_TRUE(agent_.Alive()) << "a new container must not be killed for its predecessor";
  ASSERT_TRUE(Ok(broker_.Start()));
  EXPECT_TRUE(agent_.WaitReady(kPatience)) << agent_.Story();
  EXPECT_EQ(agent_.Probe("/startupz").status, 200) << agent_.Story();
}

TEST_F(RestartTest, TheProcessIsSeenAndItsSuccessorIsAnotherOne) {
  const auto seen = [&] { return agent_.Status()["process"]["pid"] == broker_.pid(); };
  EXPECT_TRUE(WaitUntil(kPatience, seen)) << agent_.Status();
  EXPECT_TRUE(WaitUntil(kPatience, [&] {
    return agent_.Status()["process"]["cpu_cores"].is_number();
  })) << agent_.Status();
  EXPECT_EQ(agent_.Metric("mqtt_vitals_broker_process_visible"), 1);
  broker_.Kill9();
  ASSERT_TRUE(Ok(broker_.Start()));
  EXPECT_TRUE(WaitUntil(kPatience, seen)) << agent_.Status();
  ASSERT_TRUE(agent_.WaitReady(kPatience)) << agent_.Story();
  // The next look shows what has happened already: it must not undo what is known since.
  EXPECT_TRUE(HoldsFor(7s, [&] { return agent_.Ready(); })) << agent_.Story();
}

TEST_F(RestartTest, AGracefulStopSaysSo) {
  broker_.Stop();
  ASSERT_TRUE(agent_.WaitNotReady(3s)) << agent_.Story();
  const std::string verbose = agent_.Probe("/readyz?verbose").body;
  EXPECT_TRUE(verbose.find("stopping") != std::string::npos ||
              verbose.find("gone") != std::string::npos)
      << verbose;
  EXPECT_TRUE(agent_.Alive()) << agent_.Story();
}

class EarlyAgentTest : public MosquittoTest {};

TEST_F(EarlyAgentTest, WaitsForABrokerThatIsNotThereYet) {
  MosquittoBroker broker;
  AgentProcess agent(Watching(broker));
  ASSERT_TRUE(Ok(agent.Start()));
  EXPECT_TRUE(HoldsFor(2s, [&] {
    return !agent.Ready() && agent.Alive() && agent.Probe("/startupz").status == 503;
  })) << agent.Story();
  ASSERT_TRUE(Ok(broker.Start()));
  EXPECT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  EXPECT_EQ(agent.Probe("/startupz").status, 200) << agent.Story();
}

}  // namespace
}  // namespace vitals

// The broker dies, comes back, or says good-bye: readiness follows, liveness leaves it alone.
#include <gtest/gtest.h>

#include "tests/e2e/e2e.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

class RestartTest : public MosquittoTest {
 protected:
  void SetUp() override {
    MosquittoTest::SetUp();
    if (IsSkipped()) return;
    ASSERT_TRUE(Ok(broker_.Start()));
    ASSERT_TRUE(Ok(agent_.Start()));
    ASSERT_TRUE(agent_.WaitReady(kPatience)) << agent_.Story();
  }

  MosquittoBroker broker_;
  AgentProcess agent_{Watching(broker_)};
};

TEST_F(RestartTest, KilledAndStartedAgain) {
  broker_.Kill9();
  ASSERT_TRUE(agent_.WaitNotReady(3s)) << agent_.Story();
  EXPECT_TRUE(agent_.Alive()) << "a new container must not be killed for its predecessor";
  ASSERT_TRUE(Ok(broker_.Start()));
  EXPECT_TRUE(agent_.WaitReady(kPatience)) << agent_.Story();
  EXPECT_EQ(agent_.Probe("/startupz").status, 200) << agent_.Story();
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

TEST_F(RestartTest, AnAgentWithoutABrokerWaitsForIt) {
  broker_.Stop();
  AgentProcess early(Watching(broker_));
  ASSERT_TRUE(Ok(early.Start()));
  EXPECT_TRUE(HoldsFor(2s, [&] {
    return !early.Ready() && early.Alive() && early.Probe("/startupz").status == 503;
  })) << early.Story();
  ASSERT_TRUE(Ok(broker_.Start()));
  EXPECT_TRUE(early.WaitReady(kPatience)) << early.Story();
  EXPECT_EQ(early.Probe("/startupz").status, 200) << early.Story();
}

}  // namespace
}  // namespace vitals

// Others on the probe's topic: a second agent, a stranger who publishes on it, a message retained
// on it. They are counted and change nothing.
#include <gtest/gtest.h>

#include "tests/e2e/e2e.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

constexpr auto kStray = "mqtt_vitals_stray_messages_total";

class StrangersTest : public MosquittoTest {
 protected:
  MosquittoBroker broker_{{.persistence = true}};
};

TEST_F(StrangersTest, TwoAgentsOnOneBrokerLeaveEachOtherAlone) {
  ASSERT_TRUE(Ok(broker_.Start()));
  AgentProcess first(Watching(broker_));
  AgentProcess second(Watching(broker_));
  ASSERT_TRUE(Ok(first.Start()));
  ASSERT_TRUE(Ok(second.Start()));
  ASSERT_TRUE(first.WaitReady(kPatience)) << first.Story();
  ASSERT_TRUE(second.WaitReady(kPatience)) << second.Story();
  EXPECT_TRUE(HoldsFor(5s, [&] { return first.Ready() && second.Ready(); }))
      << first.Story() << second.Story();
  EXPECT_EQ(first.Metric("mqtt_vitals_probe_failures_total"), 0) << first.Story();
  EXPECT_EQ(second.Metric("mqtt_vitals_probe_failures_total"), 0) << second.Story();
}

TEST_F(StrangersTest, AForeignMessageIsCountedAndChangesNothing) {
  ASSERT_TRUE(Ok(broker_.Start()));
  AgentProcess agent(Watching(broker_));
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  const auto topic = NextTopic(broker_, "mqtt-vitals/#");
  ASSERT_TRUE(topic) << "the agent publishes below its prefix";
  const double before = agent.Metric(kStray, {"kind=\"foreign\""});
  for (int i = 0; i < 5; ++i) ASSERT_EQ(Publish(broker_, *topic, "not yours"), 0);
  EXPECT_TRUE(WaitUntil(kPatience, [&] {
    return agent.Metric(kStray, {"kind=\"foreign\""}) == before + 5;
  })) << agent.Metric(kStray);
  EXPECT_TRUE(HoldsFor(2s, [&] { return agent.Ready(); })) << agent.Story();
}

TEST_F(StrangersTest, ARetainedMessageIsCountedAndChangesNothing) {
  ASSERT_TRUE(Ok(broker_.Start()));
  AgentProcess agent(Watching(broker_));
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  const auto topic = NextTopic(broker_, "mqtt-vitals/#");
  ASSERT_TRUE(topic);
  ASSERT_EQ(Publish(broker_, *topic, "kept", true), 0);
  broker_.Stop();  // saves; the next subscription gets the retained message
  ASSERT_TRUE(agent.WaitNotReady(kPatience)) << agent.Story();
  ASSERT_TRUE(Ok(broker_.Start()));
  ASSERT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  EXPECT_TRUE(WaitUntil(kPatience, [&] {
    return agent.Metric(kStray, {"kind=\"retained\""}) >= 1;
  })) << agent.Web("/metrics").body;
  EXPECT_TRUE(HoldsFor(2s, [&] { return agent.Ready(); })) << agent.Story();
}

}  // namespace
}  // namespace vitals

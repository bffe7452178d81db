// A line of the broker's log crashes the worker whenever it is read, after each restart too. The
// gate finds out, leaves the log out, and the rest decides.
#include <gmock/gmock.h>

#include <filesystem>

#include "tests/e2e/e2e.h"
#include "tests/support/kubelet_prober.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

using testing::HasSubstr;

class PoisonTest : public MosquittoTest {};

TEST_F(PoisonTest, TheLogIsLeftOutAndTheKubeletNoticesNothing) {
  const auto program = std::filesystem::path(AgentBinary()).parent_path() / "mqtt-vitals-poisoned";
  MosquittoBroker broker;
  ASSERT_TRUE(Ok(broker.Start()));
  AgentProcess agent(Watching(broker), {}, program);
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  KubeletProber live(agent.probe_port(), "/livez", 100ms);
  KubeletProber ready(agent.probe_port(), "/readyz", 100ms);

  ASSERT_EQ(Publish(broker, "topic", "message", false, "poisonous"), 0);
  const auto observed = [&] { return agent.Status()["conditions"].dump(); };
  ASSERT_TRUE(WaitUntil(kPatience, [&] {
    return observed().find("the log is left out") != std::string::npos;
  })) << agent.Story();
  EXPECT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  EXPECT_TRUE(HoldsFor(2s, [&] { return agent.Ready() && agent.Alive(); })) << agent.Story();

  live.Stop();
  ready.Stop();
  EXPECT_EQ(live.passed(), live.asked()) << live.first_failure();
  EXPECT_EQ(ready.passed(), ready.asked()) << ready.first_failure();
  EXPECT_EQ(agent.Metric("mqtt_vitals_worker_restarts_total"), 3);
  EXPECT_THAT(agent.process().Stdout(), HasSubstr("\"crashed_in\":\"log\""));
  EXPECT_THAT(agent.process().Stdout(), HasSubstr("a source is left out"));
  EXPECT_EQ(agent.Stop(), 0);
}

}  // namespace
}  // namespace vitals

// A wrong password is a mistake of whoever configured the agent. It must never cost the broker its
// verdicts: no restart, no traffic taken away, and a plain word about what to repair.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/e2e/e2e.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

class CredentialsTest : public MosquittoTest {
 protected:
  std::vector<std::string> Login(const std::string& password) {
    return {"--username", "probe", "--password-file",
            files_.Write("password", password + "\n").string()};
  }
  static double Faults(const AgentProcess& agent) {
    return agent.Metric("mqtt_vitals_agent_fault");
  }

  // The status lists a condition of this type with this status and reason.
  static bool Says(const AgentProcess& agent, const char* type, const char* status,
                   const char* reason) {
    const nlohmann::json told = agent.Status();
    const nlohmann::json conditions = told.value("conditions", nlohmann::json::array());
    return std::any_of(conditions.begin(), conditions.end(), [&](const nlohmann::json& one) {
      return one.value("type", "") == type && one.value("status", "") == status &&
             one.value("reason", "") == reason;
    });
  }

  MosquittoBroker broker_{{.username = "probe", .password = "right"}};
};

TEST_F(CredentialsTest, TheRightPasswordWorks) {
  ASSERT_TRUE(Ok(broker_.Start()));
  AgentProcess agent(Watching(broker_, Login("right")));
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  EXPECT_EQ(Faults(agent), 0);
  EXPECT_GT(agent.Metric("mqtt_vitals_probe_attempts_total", {"probe=\"round_trip\""}), 0);
}

TEST_F(CredentialsTest, AWrongPasswordFromTheStartIsOurFaultAndTheLogDecides) {
  ASSERT_TRUE(Ok(broker_.Start()));
  AgentProcess agent(Watching(broker_, Login("wrong")));
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(WaitUntil(kPatience, [&] { return Faults(agent) >= 1; })) << agent.Story();
  // The log says that the broker has started: nothing speaks against it.
  EXPECT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  EXPECT_EQ(agent.Probe("/startupz").status, 200) << agent.Story();
  EXPECT_TRUE(agent.Alive()) << agent.Story();
  EXPECT_TRUE(Says(agent, "Observed", "False", "agent_fault")) << agent.Status();
}

TEST_F(CredentialsTest, AWrongPasswordWithoutALogIsNotReadyButStartedAndAlive) {
  ASSERT_TRUE(Ok(broker_.Start()));
  auto flags = Login("wrong");
  const std::string broker = "mqtt://127.0.0.1:" + std::to_string(broker_.port());
  flags.insert(flags.end(), {"--broker", broker, "--log", (files_.path() / "none.log").string()});
  AgentProcess agent(flags);
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(WaitUntil(kPatience, [&] { return Faults(agent) >= 1; })) << agent.Story();
  EXPECT_TRUE(WaitUntil(kPatience, [&] { return agent.Probe("/startupz").status == 200; }))
      << agent.Story();
  EXPECT_FALSE(agent.Ready()) << agent.Story();
  EXPECT_TRUE(agent.Alive()) << agent.Story();
}

TEST_F(CredentialsTest, APasswordThatTurnsWrongLaterKeepsTheVerdicts) {
  ASSERT_TRUE(Ok(broker_.Start()));
  AgentProcess agent(Watching(broker_, Login("right")));
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  ASSERT_TRUE(Ok(broker_.SetPassword("changed")));
  broker_.Hangup();  // Mosquitto checks its standing clients again
  ASSERT_TRUE(WaitUntil(kPatience, [&] { return Faults(agent) >= 1; })) << agent.Story();
  EXPECT_TRUE(HoldsFor(3s, [&] { return agent.Ready() && agent.Alive(); })) << agent.Story();
}

}  // namespace
}  // namespace vitals

// A configuration that changes under a running agent, or is bad when it starts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/e2e/e2e.h"
#include "tests/support/kubelet_prober.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

using testing::HasSubstr;

constexpr const char* kGood = "policy:\n  kill_budget: 7\n";
constexpr const char* kBad = "policy:\n  kill_budget: 7\n  kill_bugdet: 8\n";

class ReloadTest : public MosquittoTest {
 protected:
  void SetUp() override {
    MosquittoTest::SetUp();
    if (IsSkipped()) return;
    ASSERT_TRUE(Ok(broker_.Start()));
    Configure(kGood);
    Make(state());
    ASSERT_TRUE(Ok(agent_->Start()));
    ASSERT_TRUE(agent_->WaitReady(kPatience)) << agent_->Story();
  }

  void Configure(const std::string& yaml) { file_ = files_.Write("agent.yaml", yaml).string(); }
  std::string state() const { return (files_.path() / "state").string(); }
  void Make(const std::string& state_dir) {
    std::vector<std::string> flags = {"--config", file_};
    if (!state_dir.empty()) flags.insert(flags.end(), {"--state-dir", state_dir});
    agent_ = std::make_unique<AgentProcess>(Watching(broker_, flags));
  }

  Finished Command(std::vector<std::string> args) const {
    return AgentCommand(std::move(args), state(), 60s);
  }

  bool InForce(const std::string& text) const {
    return agent_->Web("/api/v1/config").body.find(text) != std::string::npos;
  }
  double Successful() const { return agent_->Metric("mqtt_vitals_config_last_reload_successful"); }

  MosquittoBroker broker_;
  std::string file_;
  std::unique_ptr<AgentProcess> agent_;
};

TEST_F(ReloadTest, AGoodOneTakesEffectAndTheKubeletNoticesNothing) {
  ASSERT_EQ(Command({"hold", "--for", "10m", "--reason", "it stays"}).code, 0);
  KubeletProber live(agent_->probe_port(), "/livez", 50ms);
  KubeletProber ready(agent_->probe_port(), "/readyz", 50ms);
  const double since = agent_->Metric("mqtt_vitals_config_last_reload_success_timestamp_seconds");
  Configure("policy:\n  kill_budget: 9\n");
  const auto done = Command({"reload"});
  EXPECT_EQ(done.code, 0) << done.err << agent_->Story();
  EXPECT_THAT(done.out, HasSubstr("it is in force"));
  EXPECT_TRUE(InForce("kill_budget: \"9\"") || InForce("kill_budget: 9"))
      << agent_->Web("/api/v1/config").body;
  ASSERT_TRUE(WaitUntil(kPatience, [&] {
    return agent_->Metric("mqtt_vitals_config_last_reload_success_timestamp_seconds") > since;
  })) << agent_->Story();
  EXPECT_EQ(Successful(), 1);
  EXPECT_GT(agent_->Metric("mqtt_vitals_hold_left_seconds"), 500);
  EXPECT_EQ(agent_->Metric("mqtt_vitals_worker_restarts_total"), 0) << "nothing had failed";
  live.Stop();
  ready.Stop();
  for (const KubeletProber* prober : {&live, &ready}) {
    EXPECT_EQ(prober->failed(), 0u) << prober->first_failure();
    EXPECT_EQ(prober->silent(), 0u);
    EXPECT_GT(prober->passed(), 0u);
  }
}

TEST_F(ReloadTest, ABadOneChangesNothingAndIsSaidWithItsLine) {
  Configure(kBad);
  const auto done = Command({"reload"});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr(file_ + ":3: unknown key 'kill_bugdet'"));
  EXPECT_THAT(done.err, HasSubstr("stays in force"));
  ASSERT_TRUE(WaitUntil(kPatience, [&] { return Successful() == 0; })) << agent_->Story();
  EXPECT_TRUE(agent_->Ready());
  EXPECT_THAT(agent_->Web("/api/v1/status").body, HasSubstr("\"config_invalid\""));
  EXPECT_THAT(agent_->Web("/").body, HasSubstr("config_invalid"));
  EXPECT_THAT(agent_->process().Stdout(), HasSubstr("configuration refused"));

  // The next worker does not read the file.
  const pid_t worker = agent_->WorkerPid();
  ::kill(worker, SIGKILL);
  ASSERT_TRUE(WaitUntil(kPatience, [&] {
    return agent_->WorkerPid() != 0 && agent_->WorkerPid() != worker && InForce("kill_budget");
  })) << agent_->Story();
  EXPECT_TRUE(agent_->Ready()) << agent_->Story();
  ASSERT_TRUE(WaitUntil(kPatience, [&] {
    return agent_->Web("/api/v1/status").body.find("config_invalid") != std::string::npos;
  })) << agent_->Story();

  // As kubectl exec, or whoever edits the file, may do it.
  Configure(kGood);
  agent_->process().Signal(SIGHUP);
  EXPECT_TRUE(WaitUntil(kPatience, [&] { return Successful() == 1; })) << agent_->Story();
}

TEST_F(ReloadTest, WhatNeedsARestartIsRefused) {
  Configure("gate:\n  hold: 5s\n");
  const auto done = Command({"reload"});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("gate.hold can't change while the agent runs (restart"));
}

TEST_F(ReloadTest, AStartWithABadFileUsesTheLastGoodCopy) {
  ASSERT_TRUE(WaitUntil(kPatience,
                        [&] { return std::filesystem::exists(state() + "/configuration.json"); }));
  ASSERT_EQ(agent_->Stop(), 0);
  Configure(kBad);
  Make(state());
  ASSERT_TRUE(Ok(agent_->Start()));
  ASSERT_TRUE(agent_->WaitReady(kPatience)) << agent_->Story();
  EXPECT_TRUE(InForce("kill_budget"));
  ASSERT_TRUE(WaitUntil(kPatience, [&] { return Successful() == 0; })) << agent_->Story();
  EXPECT_THAT(agent_->Web("/api/v1/status").body, HasSubstr("\"config_invalid\""));
  EXPECT_THAT(agent_->process().Stderr(), HasSubstr(file_ + ":3: unknown key"));
  EXPECT_THAT(agent_->process().Stderr(), HasSubstr("the last good configuration"));
  Configure(kGood);
  EXPECT_EQ(Command({"reload"}).code, 0);
  EXPECT_TRUE(WaitUntil(kPatience, [&] { return Successful() == 1; })) << agent_->Story();
}

TEST_F(ReloadTest, AStartWithABadFileAndNoCopyIsRefused) {
  ASSERT_EQ(agent_->Stop(), 0);
  Configure(kBad);
  const auto done = RunToEnd({.name = "agent",
                              .folder = files_.path(),
                              .args = {AgentBinary(), "run", "--config", file_, "--state-dir",
                                       (files_.path() / "empty").string()}});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr(file_ + ":3: unknown key"));
}

}  // namespace
}  // namespace vitals

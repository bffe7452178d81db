// Drain and hold by command, against a real broker: what the kubelet sees, and what survives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/e2e/e2e.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

using testing::HasSubstr;

class ControlTest : public MosquittoTest {
 protected:
  void SetUp() override {
    MosquittoTest::SetUp();
    if (IsSkipped()) return;
    ASSERT_TRUE(Ok(broker_.Start()));
    StartAgent();
  }

  void StartAgent(const std::vector<std::string>& more = {}) {
    std::vector<std::string> flags = {"--state-dir", state()};
    flags.insert(flags.end(), more.begin(), more.end());
    agent_ = std::make_unique<AgentProcess>(Watching(broker_, flags), env_);
    ASSERT_TRUE(Ok(agent_->Start()));
    ASSERT_TRUE(agent_->WaitReady(kPatience)) << agent_->Story();
  }

  std::string state() const { return (files_.path() / "state").string(); }

  // `mqtt-vitals COMMAND...`, to its end.
  Finished Command(std::vector<std::string> args) const {
    return AgentCommand(std::move(args), state(), 60s);
  }

  MosquittoBroker broker_;
  std::vector<std::string> env_;
  std::unique_ptr<AgentProcess> agent_;
};

TEST_F(ControlTest, ADrainMovesReadinessBeforeItReturns) {
  const auto done = Command({"drain"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("draining"));
  const auto reply = agent_->Probe("/readyz");
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("[-]stopping failed: draining"));
  EXPECT_TRUE(agent_->Alive());
  EXPECT_EQ(agent_->Metric("mqtt_vitals_draining"), 1);
  EXPECT_THAT(agent_->Web("/api/v1/status").body, HasSubstr("\"drain\""));
  EXPECT_THAT(agent_->process().Stdout(), HasSubstr("\"draining\""));

  EXPECT_EQ(Command({"undrain"}).code, 0);
  EXPECT_TRUE(agent_->Ready()) << "nothing else was wrong";
  EXPECT_EQ(agent_->Metric("mqtt_vitals_draining"), 0);
}

TEST_F(ControlTest, ADrainWaitsForTheClients) {
  auto client = Process::Start({.name = "client",
                                .folder = files_.path(),
                                .args = {FindProgram("mosquitto_sub")->string(), "-p",
                                         std::to_string(broker_.port()), "-t", "any"}});
  ASSERT_TRUE(Ok(client));
  Finished late;
  ASSERT_TRUE(WaitUntil(kPatience,
                        [&] {
                          late = Command({"drain", "--wait", "--timeout", "0s"});
                          return late.code == 1;
                        }))
      << late.out << late.err;
  EXPECT_THAT(late.out, HasSubstr("1 client left"));
  EXPECT_THAT(late.err, HasSubstr("1 client is still there after 0s; the drain stands"));

  auto drain = Process::Start(
      {.name = "drain",
       .folder = files_.path(),
       .args = {AgentBinary(), "drain", "--wait", "--timeout", "60s", "--state-dir", state()}});
  ASSERT_TRUE(Ok(drain));
  ASSERT_TRUE(WaitUntil(kPatience, [&] {
    return (*drain)->Stdout().find("1 client left") != std::string::npos;
  })) << (*drain)->Stderr();
  (*client)->Signal(SIGTERM);
  EXPECT_EQ((*drain)->WaitExit(kPatience), 0) << (*drain)->Stdout() << (*drain)->Stderr();
  EXPECT_THAT((*drain)->Stdout(), HasSubstr("no client is left"));
}

TEST_F(ControlTest, WhoIsNotThereIsAnErrorWithARemedy) {
  EXPECT_EQ(agent_->Stop(), 0);
  const auto done = Command({"drain"});
  EXPECT_EQ(done.code, 3);
  EXPECT_THAT(done.err, HasSubstr("no agent listens here (start one"));
}

TEST_F(ControlTest, ADrainEndsWithTheAgentThatWasToldToEnd) {
  ASSERT_EQ(Command({"drain"}).code, 0);
  ASSERT_EQ(agent_->Stop(), 0);
  StartAgent();
}

class HoldTest : public ControlTest {
 protected:
  HoldTest() { env_ = {"MQTT_VITALS__POLICY__LIVENESS_WINDOW=15s"}; }
};

// A frozen broker is kept alive by the hold: through the death of the worker, and of the agent.
TEST_F(HoldTest, KeepsAFrozenBrokerAliveUntilItIsReleased) {
  ASSERT_EQ(Command({"hold", "--for", "10m", "--reason", "heap dump"}).code, 0);
  const std::string verbose = agent_->Probe("/livez?verbose").body;
  EXPECT_THAT(verbose, HasSubstr("[+]held"));
  EXPECT_GT(agent_->Metric("mqtt_vitals_hold_left_seconds"), 500);
  const auto page = agent_->Web("/").body;
  EXPECT_THAT(page, HasSubstr("heap dump"));
  EXPECT_THAT(page, HasSubstr("uid "));

  broker_.Freeze();
  ASSERT_TRUE(agent_->WaitNotReady(kPatience)) << agent_->Story();
  const pid_t worker = agent_->WorkerPid();
  ::kill(worker, SIGKILL);
  ASSERT_TRUE(WaitUntil(kPatience, [&] {
    return agent_->WorkerPid() != 0 && agent_->WorkerPid() != worker &&
           agent_->Metric("mqtt_vitals_hold_left_seconds") > 0;
  })) << agent_->Story();
  const auto silent = [&] {
    return agent_->Metric("mqtt_vitals_liveness_silence_seconds", {"clock=\"read\""});
  };
  ASSERT_TRUE(WaitUntil(60s, [&] { return silent() > 18; }, 100ms)) << agent_->Story();
  EXPECT_TRUE(agent_->Alive()) << agent_->Story();

  ASSERT_EQ(Command({"release"}).code, 0);
  EXPECT_TRUE(WaitUntil(30s, [&] { return !agent_->Alive(); }, 50ms)) << agent_->Story();
}

TEST_F(HoldTest, OutlivesTheAgent) {
  ASSERT_EQ(Command({"hold", "--for", "10m", "--reason", "heap dump"}).code, 0);
  const pid_t worker = agent_->WorkerPid();
  agent_->process().Signal(SIGKILL);
  ASSERT_TRUE(WaitUntil(kPatience, [&] { return ::kill(worker, 0) != 0; })) << "the kernel ends it";
  StartAgent();
  EXPECT_GT(agent_->Metric("mqtt_vitals_hold_left_seconds"), 500) << agent_->Story();
  ASSERT_EQ(Command({"release"}).code, 0);
  ASSERT_EQ(agent_->Stop(), 0);
  StartAgent();
  EXPECT_EQ(agent_->Metric("mqtt_vitals_hold_left_seconds"), 0) << "released is released";
}

TEST_F(HoldTest, IsBoundedByThePolicy) {
  const auto done = Command({"hold", "--for", "23h", "--reason", "for ever"});
  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.err, HasSubstr("a hold lasts 2h at most (policy.hold_max), not 23h"));
  EXPECT_EQ(Command({"hold", "--for", "soon", "--reason", "x"}).code, 2);
  EXPECT_EQ(Command({"hold", "--for", "1m"}).code, 2) << "without a reason";
}

class LingerTest : public ControlTest {
 protected:
  LingerTest() { env_ = {"MQTT_VITALS__SHUTDOWN__LINGER=60s"}; }
};

// As a container beside the broker the agent gets SIGTERM together with it.
TEST_F(LingerTest, GoesOnAnsweringUntilTheBrokerHasClosedItsPorts) {
  agent_->process().Signal(SIGTERM);
  ASSERT_TRUE(agent_->WaitNotReady(kPatience)) << agent_->Story();
  EXPECT_TRUE(agent_->Alive());
  broker_.Stop();
  EXPECT_EQ(agent_->process().WaitExit(kPatience), 0) << agent_->Story();
}

}  // namespace
}  // namespace vitals

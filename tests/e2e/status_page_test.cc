// The status page as a person sees it: a real browser looks at it on a phone and on a desk, light
// and dark, in each state that a broker or the agent can be in. tests/browser/look.mjs says what it
// looks for; the pictures are left in build/screenshots.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/e2e/e2e.h"
#include "tests/support/free_port.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class StatusPageTest : public MosquittoTest {
 protected:
  void SetUp() override {
    MosquittoTest::SetUp();
    if (IsSkipped()) return;
    for (const char* program : {"node", "chromium"}) {
      if (!FindProgram(program)) GTEST_SKIP() << NotFound(program);
    }
    if (!fs::exists(tools_)) GTEST_SKIP() << NotFound(tools_.string());
    fs::create_directories(pictures_);
  }

  // What can be read on the page; what the browser has to complain about fails the test.
  std::string Look(const AgentProcess& agent, const std::string& state) {
    const std::string url = "http://127.0.0.1:" + std::to_string(agent.web_port()) + "/";
    const auto done =
        RunToEnd({.name = "look",
                  .folder = files_.path(),
                  .args = {"node", VITALS_SOURCE_DIR "/tests/browser/look.mjs", tools_.string(),
                           FindProgram("chromium")->string(), url, state, pictures_.string()}},
                 60s);
    EXPECT_EQ(done.code, 0) << done.err;
    const json seen = json::parse(done.out, nullptr, false);
    if (!seen.is_object()) return "";
    EXPECT_EQ(seen["trouble"], json::array()) << seen["trouble"].dump(2);
    for (const char* width : {"360", "1280"}) {
      EXPECT_TRUE(fs::exists(pictures_ / (state + "-" + width + ".png")));
    }
    return seen.value("text", "");
  }

  const fs::path tools_ = VITALS_SOURCE_DIR "/build/tools/browser/node_modules/playwright-core";
  const fs::path pictures_ = VITALS_SOURCE_DIR "/build/screenshots";
};

TEST_F(StatusPageTest, Healthy) {
  MosquittoBroker broker;
  ASSERT_TRUE(Ok(broker.Start()));
  AgentProcess agent(Watching(broker));
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  const auto text = Look(agent, "healthy");
  for (const char* part :
       {"The broker works", "mosquitto", "✓ started", "✓ ready", "✓ alive", "no restart is coming",
        "sends clients here", "median", "lets clients in", "connack", "readiness: fail → pass"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, Not(HasSubstr("✕")));
}

TEST_F(StatusPageTest, Hung) {
  MosquittoBroker broker;
  ASSERT_TRUE(Ok(broker.Start()));
  AgentProcess agent(Watching(broker));
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  broker.Freeze();
  ASSERT_TRUE(WaitUntil(kPatience, [&] {
    const json status = agent.Status();
    return status.is_object() && !status["verdicts"]["liveness"]["fails_in_s"].is_null() &&
           !status["verdicts"]["readiness"].value("ok", true);
  })) << agent.Story();
  const auto text = Look(agent, "hung");
  for (const char* part :
       {"The broker does not react", "Liveness fails in", "unless the broker answers",
        "✕ not ready", "! alive", "unread", "Kubernetes sends no new clients here until",
        "readiness: pass → fail"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST_F(StatusPageTest, Starting) {
  AgentProcess agent({"--broker", "mqtt://127.0.0.1:" + std::to_string(FreePort()), "--log",
                      (files_.path() / "none.log").string()});
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(WaitUntil(kPatience, [&] { return agent.Web("/-/ready").status == 200; }));
  const auto text = Look(agent, "starting");
  for (const char* part : {"The broker is starting", "✕ not started", "✕ not ready", "✓ alive",
                           "nobody got in yet", "no file is followed"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST_F(StatusPageTest, AgentFault) {
  MosquittoBroker broker({.username = "probe", .password = "right"});
  ASSERT_TRUE(Ok(broker.Start()));
  AgentProcess agent(Watching(broker, {"--username", "probe", "--password-file",
                                       files_.Write("password", "wrong\n").string()}));
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(WaitUntil(kPatience, [&] {
    return agent.Metric("mqtt_vitals_agent_fault") >= 1 && agent.Ready();
  })) << agent.Story();
  const auto text = Look(agent, "agent-fault");
  for (const char* part : {"The agent is kept from looking", "never counts against the broker",
                           "! ready", "✓ alive", "agent_fault"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, Not(HasSubstr("wrong\n")));
}

TEST_F(StatusPageTest, Draining) {
  MosquittoBroker broker;
  ASSERT_TRUE(Ok(broker.Start()));
  const std::string state = (files_.path() / "state").string();
  AgentProcess agent(Watching(broker, {"--state-dir", state}));
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"hold", "--for", "30m", "--reason", "heap dump <ticket 12>"},
        std::vector<std::string>{"drain"}}) {
    std::vector<std::string> args{AgentBinary()};
    args.insert(args.end(), command.begin(), command.end());
    args.insert(args.end(), {"--state-dir", state});
    const auto done = RunToEnd({.name = "command", .folder = files_.path(), .args = args});
    ASSERT_EQ(done.code, 0) << done.err;
  }
  const auto text = Look(agent, "draining");
  for (const char* part :
       {"The broker is drained", "asked for a drain", "mqtt-vitals undrain",
        "holds liveness for another", "heap dump <ticket 12>", "✕ not ready", "draining"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

// A broker that says goodbye and then needs its time.
TEST_F(StatusPageTest, Stopping) {
  MosquittoBroker broker;
  ASSERT_TRUE(Ok(broker.Start()));
  AgentProcess agent(Watching(broker));
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  broker.Freeze();
  std::ofstream(broker.log(), std::ios::app)
      << "1790000000: mosquitto version 2.0.11 terminating\n";
  ASSERT_TRUE(WaitUntil(kPatience, [&] {
    return agent.Probe("/readyz").body.find("failed: stopping") != std::string::npos;
  })) << agent.Story();
  const auto text = Look(agent, "stopping");
  for (const char* part : {"The broker is stopping", "✕ not ready", "! alive",
                           "the log announced a shutdown", "log: broker stopping"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

}  // namespace
}  // namespace vitals

// A real HAProxy in front of two real Mosquittos, each with its agent: on the agents' word it takes
// clients off one broker and brings them back. Its configuration is that of docs/haproxy.md.
#include "tests/support/haproxy.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iostream>
#include <map>

#include "tests/e2e/e2e.h"
#include "tests/support/connack.h"
#include "tests/support/free_port.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

// Return codes of CONNACK by which a client sees where it is: one broker wants a password.
constexpr int kOpen = 0;
constexpr int kGuarded = 5;

void Replace(std::string* text, const std::string& what, const std::string& by) {
  const std::size_t at = text->find(what);
  ASSERT_NE(at, std::string::npos) << what;
  text->replace(at, what.size(), by);
}

class HaProxyTest : public MosquittoTest {
 protected:
  void SetUp() override {
    MosquittoTest::SetUp();
    if (IsSkipped()) return;
    if (!HaProxy::Available()) GTEST_SKIP() << NotFound("haproxy");
    const std::vector<std::string> credentials = {"--username", "agent", "--password-file",
                                                  files_.Write("password", "right\n").string()};
    open_agent_.emplace(Watching(open_, {"--state-dir", state_}), kAgentCheck);
    guarded_agent_.emplace(Watching(guarded_, credentials), kAgentCheck);
    for (auto* broker : {&open_, &guarded_}) ASSERT_TRUE(Ok(broker->Start()));
    for (auto* agent : {&*open_agent_, &*guarded_agent_}) ASSERT_TRUE(Ok(agent->Start()));
    for (auto* agent : {&*open_agent_, &*guarded_agent_}) {
      ASSERT_TRUE(agent->WaitReady(kPatience)) << agent->Story();
    }
    port_ = FreePort();
    proxy_.emplace(Configuration(), port_);
    ASSERT_TRUE(Ok(proxy_->Start()));
    ASSERT_TRUE(WaitUntil(kPatience, [&] { return ReachesBoth(); }));
  }

  std::string Configuration() const {
    const std::string page = ReadFile(VITALS_SOURCE_DIR "/docs/haproxy.md");
    const std::size_t begin = page.find("```haproxy\n") + 11;
    std::string text = page.substr(begin, page.find("```\n", begin) - begin);
    const auto server = [](const Broker& broker, const AgentProcess& agent) {
      return "127.0.0.1:" + std::to_string(broker.port()) + " agent-port " +
             std::to_string(agent.agent_check_port());
    };
    Replace(&text, "bind :1883", "bind 127.0.0.1:" + std::to_string(port_));
    Replace(&text, "broker-0.example:1883", server(open_, *open_agent_));
    Replace(&text, "broker-1.example:1883", server(guarded_, *guarded_agent_));
    return text;
  }

  // New clients, one after the other; how often they met which broker, or none (-1).
  std::map<int, int> Ask(int clients) const {
    std::map<int, int> met;
    for (int i = 0; i < clients; ++i) ++met[AskConnack(port_, 5s).value_or(-1)];
    return met;
  }
  bool ReachesBoth() const {
    const auto met = Ask(4);
    return met.contains(kOpen) && met.contains(kGuarded) && !met.contains(-1);
  }
  // How long until new clients meet `wanted` only; each one on the way must meet some broker.
  std::optional<Duration> WaitForAll(int wanted) const {
    return WaitUntil(kPatience, [&] {
      const auto met = Ask(10);
      EXPECT_FALSE(met.contains(-1)) << "a client was refused";
      return met.contains(wanted) && met.size() == 1;
    });
  }

  // `mqtt-vitals COMMAND` for the agent beside the open broker.
  void Command(const std::string& command) const {
    const auto done = AgentCommand({command}, state_, 20s);
    ASSERT_EQ(done.code, 0) << done.err;
  }

  const std::string state_ = (files_.path() / "state").string();
  const std::vector<std::string> kAgentCheck = {"MQTT_VITALS__AGENT_CHECK__LISTEN=127.0.0.1:0"};
  MosquittoBroker open_;
  MosquittoBroker guarded_{{.username = "agent", .password = "right"}};
  std::optional<AgentProcess> open_agent_, guarded_agent_;
  std::uint16_t port_ = 0;
  std::optional<HaProxy> proxy_;
};

TEST_F(HaProxyTest, ADrainMovesEveryNewClientUntilItEnds) {
  Command("drain");
  const auto gone = WaitForAll(kGuarded);
  ASSERT_TRUE(gone) << open_agent_->Story();
  EXPECT_EQ(Ask(200), (std::map<int, int>{{kGuarded, 200}}));
  Command("undrain");
  const auto back = WaitUntil(kPatience, [&] { return ReachesBoth(); });
  ASSERT_TRUE(back) << open_agent_->Story();
  std::cout << "drained: all new clients elsewhere after " << Seconds(*gone)
            << " s; undrained: back after " << Seconds(*back) << " s\n";
  EXPECT_LE(*gone, 4s);
  EXPECT_LE(*back, 4s);
}

// A rolling restart: the log announces the shutdown, new clients go elsewhere before the port
// closes.
TEST_F(HaProxyTest, AnAnnouncedShutdownCostsNoClient) {
  std::ofstream(open_.log(), std::ios::app) << "1790000000: mosquitto version 2.0.11 terminating\n";
  const auto gone = WaitForAll(kGuarded);
  ASSERT_TRUE(gone) << open_agent_->Story();
  EXPECT_EQ(Ask(100), (std::map<int, int>{{kGuarded, 100}}));
  open_.Stop();
  EXPECT_EQ(Ask(100), (std::map<int, int>{{kGuarded, 100}}));
  ASSERT_TRUE(Ok(open_.Start()));
  const auto back = WaitUntil(kPatience, [&] { return ReachesBoth(); });
  ASSERT_TRUE(back) << open_agent_->Story();
  std::cout << "announced: all new clients elsewhere after " << Seconds(*gone)
            << " s; started again: back after " << Seconds(*back) << " s\n";
  EXPECT_LE(*gone, 4s);
  EXPECT_LE(*back, 4s);
}

}  // namespace
}  // namespace vitals

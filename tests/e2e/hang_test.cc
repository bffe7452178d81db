// A broker that stays frozen for the whole window is hung, by the kernel's own witness; one that
// goes on is alive again, and finds no crowd of our connects waiting for it.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "tests/e2e/e2e.h"
#include "tests/support/process_use.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

// The third of the pending connects is opened 15 s into the silence: no window is shorter.
constexpr Duration kWindow = 15s;

int Descriptors(const AgentProcess& agent) { return UseOf(agent.WorkerPid()).descriptors; }

// Once all is open that an agent keeps open: it is ready before its log and its sessions are
// settled.
int SettledDescriptors(const AgentProcess& agent) {
  int now = 0;
  WaitUntil(kPatience, [&] {
    now = Descriptors(agent);
    return HoldsFor(1s, [&] { return Descriptors(agent) == now; });
  });
  return now;
}

std::size_t LogLineCount(const Broker& broker) {
  const std::string text = ReadFile(broker.log());
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

class HangTest : public MosquittoTest {
 protected:
  void SetUp() override {
    MosquittoTest::SetUp();
    if (IsSkipped()) return;
    ASSERT_TRUE(Ok(broker_.Start()));
  }

  MosquittoBroker broker_;
};

// The one line of the agent's log that says what decided; null if there is not exactly one.
nlohmann::json EvidenceLine(const AgentProcess& agent) {
  auto lines = agent.LogLines();
  std::erase_if(lines, [](const nlohmann::json& line) {
    return !line.is_object() || line["msg"] != "evidence against the broker";
  });
  return lines.size() == 1 ? lines.front() : nlohmann::json();
}

std::string Recorded(const std::filesystem::path& state) {
  std::string text;
  for (const auto& file : std::filesystem::directory_iterator(state / "recorder")) {
    text += ReadFile(file.path());
  }
  return text;
}

TEST_F(HangTest, FrozenForTheWholeWindowFailsLivenessAndAThawEndsThat) {
  const auto state = files_.path() / "state";
  const auto message = files_.path() / "message";
  AgentProcess agent(Watching(broker_, {"--state-dir", state}),
                     {"MQTT_VITALS__POLICY__LIVENESS_WINDOW=15s",
                      "MQTT_VITALS__OUTPUT__TERMINATION_MESSAGE=" + message.string()});
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  const int descriptors = SettledDescriptors(agent);

  broker_.Freeze();
  const auto failed = WaitUntil(2 * kWindow, [&] { return !agent.Alive(); });
  ASSERT_TRUE(failed) << agent.Story();
  EXPECT_GE(*failed, kWindow - 1s) << "the round before the freeze was read";
  EXPECT_LE(*failed, kWindow + 3s);
  const auto answer = agent.Probe("/livez");
  EXPECT_THAT(answer.body, testing::HasSubstr("[-]alive failed: hung"));
  EXPECT_EQ(agent.Probe("/startupz").status, 200);
  EXPECT_EQ(agent.Metric("mqtt_vitals_liveness_would_fail"), 1);
  EXPECT_GT(agent.Metric("mqtt_vitals_unread_bytes"), 0);
  // Why, for whoever comes after the kill.
  EXPECT_TRUE(WaitUntil(2s, [&] { return !EvidenceLine(agent).is_null(); })) << agent.Story();
  const auto evidence = EvidenceLine(agent);
  EXPECT_EQ(evidence["outcome"], "fails");
  EXPECT_EQ(evidence["endpoints"][0]["pending"].size(), 3u) << evidence;
  EXPECT_GT(evidence["endpoints"][0]["standing"][0]["unread_bytes"], 0) << evidence;
  EXPECT_TRUE(WaitUntil(2s, [&] {
    return Recorded(state).find("\"failure\":{\"reason\":\"hung\"") != std::string::npos;
  }));
  EXPECT_TRUE(WaitUntil(
      2s, [&] { return ReadFile(message).find("liveness failed (hung: ") != std::string::npos; }));
  std::cout << ReadFile(message);
  // Our own questions hold a descriptor of the agent for a moment.
  EXPECT_TRUE(WaitUntil(1s, [&] { return Descriptors(agent) <= descriptors + 3; }))
      << "three pending connects, no more";

  const auto lines = LogLineCount(broker_);
  broker_.Thaw();
  EXPECT_TRUE(WaitUntil(3s, [&] { return agent.Alive(); })) << agent.Story();
  EXPECT_TRUE(agent.WaitReady(3s)) << agent.Story();
  EXPECT_TRUE(WaitUntil(1s, [&] { return Descriptors(agent) <= descriptors; }))
      << "nothing of the silence is left";
  EXPECT_TRUE(WaitUntil(2s, [&] { return ReadFile(message).empty(); })) << ReadFile(message);
  // Three lines a connect: the three that waited, and the six good ones that readiness asks for.
  EXPECT_LE(LogLineCount(broker_), lines + 3 * (3 + 6));
}

TEST_F(HangTest, TwoBrokersFrozenAtOnceMeetNoHerd) {
  const char* given = std::getenv("MQTT_VITALS_FREEZE_SECONDS");  // 60: ./scripts/long thaw
  const auto frozen = std::chrono::seconds(given == nullptr ? 6 : std::atoi(given));
  MosquittoBroker other;
  ASSERT_TRUE(Ok(other.Start()));
  AgentProcess agent(Watching(broker_, {"--broker", "mqtt://" + PlaceOf(other.listeners()[0])}));
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  const int descriptors = SettledDescriptors(agent);
  const std::size_t lines = LogLineCount(broker_) + LogLineCount(other);
  const auto connects = [&] {
    return agent.Metric("mqtt_vitals_probe_attempts_total", {"probe=\"listener\""});
  };

  for (Broker* broker : {static_cast<Broker*>(&broker_), static_cast<Broker*>(&other)}) {
    broker->Freeze();
  }
  ASSERT_TRUE(agent.WaitNotReady(kPatience));
  int most = 0;
  HoldsFor(frozen, [&] {
    most = std::max(most, Descriptors(agent));
    return true;
  });
  EXPECT_LE(most, descriptors + 2 * 3 + 1) << "three connects a listener; one question of ours";
  EXPECT_GE(most, descriptors + 2) << "the silence is listened to";

  const double before = connects();
  broker_.Thaw();
  other.Thaw();
  ASSERT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  EXPECT_TRUE(WaitUntil(kPatience, [&] { return Descriptors(agent) <= descriptors; }));
  const std::string logs = ReadFile(broker_.log()) + ReadFile(other.log());
  std::cout << "frozen for " << Seconds(frozen) << " s: at most " << most - descriptors
            << " descriptors more; after the thaw " << connects() - before << " connects, "
            << LogLineCount(broker_) + LogLineCount(other) - lines << " lines in both logs\n";
  // Of each broker: the three that waited, and the six good ones that readiness asks for, three
  // lines each.
  EXPECT_LE(LogLineCount(broker_) + LogLineCount(other), lines + 2 * 3 * (3 + 6));
  EXPECT_EQ(logs.find("already connected, closing old"), std::string::npos);
}

TEST_F(HangTest, ObserveModeSaysWhatItWouldHaveDone) {
  AgentProcess agent(Watching(broker_), {"MQTT_VITALS__POLICY__LIVENESS_WINDOW=15s",
                                         "MQTT_VITALS__POLICY__MODE=observe"});
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(agent.WaitReady(kPatience)) << agent.Story();
  broker_.Freeze();
  EXPECT_TRUE(WaitUntil(2 * kWindow, [&] {
    return agent.Metric("mqtt_vitals_liveness_would_fail") == 1;
  })) << agent.Story();
  EXPECT_TRUE(agent.Alive());
  const auto liveness = agent.Status()["verdicts"]["liveness"];
  EXPECT_EQ(liveness["reason"], "observe_mode");
  EXPECT_THAT(liveness["message"].get<std::string>(), testing::HasSubstr("would fail (hung)"));
  EXPECT_TRUE(WaitUntil(2s, [&] { return !EvidenceLine(agent).is_null(); })) << agent.Story();
  EXPECT_EQ(EvidenceLine(agent)["outcome"], "observed");
}

}  // namespace
}  // namespace vitals

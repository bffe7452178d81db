// `mqtt-vitals check` with the built program in front of a real Mosquitto, every way in.
#include <gmock/gmock.h>

#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>

#include "tests/e2e/e2e.h"
#include "tests/support/haproxy.h"
#include "tests/support/wait.h"

namespace vitals {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class CheckTest : public MosquittoTest {
 protected:
  Finished Check(std::vector<std::string> args) {
    args.insert(args.begin(), {AgentBinary(), "check"});
    return RunToEnd({"check" + std::to_string(++runs_), files_.path(), std::move(args)});
  }

  std::string Url(const Broker& broker) {
    return "mqtt://127.0.0.1:" + std::to_string(broker.port());
  }

  // A configuration with every listener of the broker, and what HAProxy wants in front of it.
  std::string EveryWayIn(const Broker& broker, const HaProxy& proxy) {
    std::string yaml = "endpoints:\n";
    for (const BrokerListener& listener : broker.listeners()) {
      yaml += "  - url: " + listener.scheme + "://" + PlaceOf(listener) + "\n";
      if (!listener.UsesTls()) continue;
      yaml += "    tls: {ca_file: " + broker.certificates()->authority.string();
      if (listener.mutual) {
        yaml += ", cert_file: " + broker.certificates()->client.cert.string() +
                ", key_file: " + broker.certificates()->client.key.string();
      }
      yaml += "}\n";
    }
    const char* versions[] = {"v1", "v2"};
    for (std::size_t i = 0; i < proxy.routes().size(); ++i) {
      yaml += "  - {url: 'mqtt://127.0.0.1:" + std::to_string(proxy.routes()[i].port) +
              "', via_proxy: true, proxy_protocol: " + versions[i] + "}\n";
    }
    return files_.Write("check.yaml", yaml);
  }

 private:
  int runs_ = 0;
};

TEST_F(CheckTest, EveryWayInWithItsStages) {
  if (!HaProxy::Available()) GTEST_SKIP() << NotFound("haproxy");
  MosquittoBroker broker({.listeners = Listeners::kAll});
  ASSERT_TRUE(Ok(broker.Start()));
  HaProxy proxy(
      {{.to = broker.port(), .accept_proxy = true}, {.to = broker.port(), .accept_proxy = true}});
  ASSERT_TRUE(Ok(proxy.Start()));
  const std::string file = EveryWayIn(broker, proxy);
  const Finished text = Check({"--config", file, "--round-trip"});
  std::cout << text.out;
  EXPECT_THAT(text.out, HasSubstr("MQTT WARNING: 7 of 7 endpoints let a client in"));
  const Finished done = Check({"--config", file, "-o", "json", "--round-trip"});
  // The test's own certificates last for a day.
  EXPECT_EQ(done.code, 1) << done.out << done.err;
  const json report = json::parse(done.out);
  for (const json& endpoint : report["endpoints"]) {
    const std::string name = endpoint["endpoint"];
    EXPECT_EQ(endpoint["failure"], nullptr) << endpoint;
    const bool tls = name.starts_with("mqtts") || name.starts_with("wss");
    const json& stages = endpoint["stages_seconds"];
    EXPECT_EQ(stages.contains("tls"), tls) << name;
    EXPECT_EQ(stages.contains("upgrade"), name.starts_with("ws")) << name;
    EXPECT_TRUE(stages.contains("tcp") && stages.contains("connack")) << name;
    EXPECT_EQ(endpoint["certificate"] == nullptr, !tls) << name;
    if (!tls) continue;
    EXPECT_EQ(endpoint["certificate"]["trusted"], true) << name;
    EXPECT_EQ(endpoint["certificate"]["name_ok"], true) << name;
  }
  EXPECT_TRUE(report["endpoints"][0]["round_trip"]["stages_seconds"].contains("delivery"))
      << report;
}

TEST_F(CheckTest, AnExpiredCertificateIsNamed) {
  MosquittoBroker broker({.listeners = Listeners::kAll});
  broker.LetCertificateEndIn(-1min);
  ASSERT_TRUE(Ok(broker.Start()));
  const std::string file = files_.Write(
      "check.yaml", "endpoints: [{url: 'mqtts://" + PlaceOf(broker.listeners()[1]) +
                        "', tls: {ca_file: " + broker.certificates()->authority.string() + "}}]\n");
  const Finished done = Check({"--config", file});
  EXPECT_EQ(done.code, 1) << done.out;
  EXPECT_THAT(done.out, HasSubstr("tls: certificate_expired, fault broker"));
  EXPECT_EQ(Check({"--config", file, "--as-probe"}).code, 0) << "a restart would not mend it";
}

TEST_F(CheckTest, TheAgentShowsTheCertificateThatItRefused) {
  MosquittoBroker broker({.listeners = Listeners::kAll});
  broker.LetCertificateEndIn(-1min);
  ASSERT_TRUE(Ok(broker.Start()));
  const std::string file =
      files_.Write("agent.yaml", "endpoints:\n  - {url: '" + Url(broker) +
                                     "'}\n  - {url: 'mqtts://" + PlaceOf(broker.listeners()[1]) +
                                     "', name: tls, wanted: false, tls: {ca_file: " +
                                     broker.certificates()->authority.string() + "}}\n");
  AgentProcess agent({"--config", file});
  ASSERT_TRUE(Ok(agent.Start()));
  ASSERT_TRUE(WaitUntil(kPatience, [&] {
    return agent.Metric("mqtt_vitals_probe_failures_total",
                        {"endpoint=\"tls\"", "reason=\"certificate_expired\""}) > 0;
  })) << agent.Story();
  const double expires =
      agent.Metric("mqtt_vitals_certificate_expiry_timestamp_seconds", {"endpoint=\"tls\""});
  EXPECT_GT(expires, 0);
  EXPECT_LT(expires, static_cast<double>(std::time(nullptr)));
  const json certificates = agent.Status()["certificates"];
  ASSERT_EQ(certificates.size(), 1u);
  EXPECT_EQ(certificates[0]["endpoint"], "tls");
  EXPECT_EQ(certificates[0]["trusted"], true);
  EXPECT_EQ(certificates[0]["name_ok"], true);
}

TEST_F(CheckTest, AFrozenBrokerIsCriticalWithinTenSeconds) {
  MosquittoBroker broker;
  ASSERT_TRUE(Ok(broker.Start()));
  broker.Freeze();
  const Time start = std::chrono::steady_clock::now();
  const Finished done = Check({Url(broker), "--round-trip"});
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.out, HasSubstr("unread, fault broker"));
  EXPECT_EQ(Check({Url(broker), "--as-probe", "--timeout", "1s"}).code, 1);
}

TEST_F(CheckTest, ARefusalIsNoReasonToRestart) {
  MosquittoBroker broker({.username = "agent", .password = "s3cret"});
  ASSERT_TRUE(Ok(broker.Start()));
  const Finished done = Check({Url(broker)});
  EXPECT_EQ(done.code, 3);
  EXPECT_THAT(done.out, HasSubstr("not_authorised, fault agent"));
  EXPECT_EQ(Check({Url(broker), "--as-probe"}).code, 0);
}

TEST_F(CheckTest, WrongUsageIsUnknown) {
  EXPECT_EQ(Check({"--chek"}).code, 3);
  EXPECT_EQ(Check({"mqt://127.0.0.1"}).code, 3);
}

}  // namespace
}  // namespace vitals

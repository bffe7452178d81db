#include "agent/check.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "agent/check_report.h"
#include "agent/check_status.h"

namespace vitals {
namespace {

using testing::HasSubstr;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""us;

const WallTime kNow{std::chrono::seconds(1'800'000'000)};

Checked With(FailReason reason, bool reacted = false) {
  Checked checked{.endpoint = "mqtt-127.0.0.1-1883"};
  checked.connect.failure = MakeFailure(Stage::kConnack, reason, "detail");
  checked.connect.reacted = reacted;
  Judge(checked, 1s, kNow);
  return checked;
}

Checked Good(Duration connack = 300us, std::optional<ServedCertificate> certificate = {}) {
  Checked checked{.endpoint = "mqtts-127.0.0.1-8883"};
  checked.connect.stages[static_cast<std::size_t>(Stage::kTcp)] = 100us;
  checked.connect.stages[static_cast<std::size_t>(Stage::kConnack)] = connack;
  checked.connect.certificate = certificate;
  Judge(checked, 1s, kNow);
  return checked;
}

TEST(CheckStatus, OnlySilenceAndClosedPortsAreCritical) {
  for (const FailReason reason : {FailReason::kRefused, FailReason::kUnread, FailReason::kTimeout,
                                  FailReason::kSynUnanswered}) {
    EXPECT_EQ(Name(With(reason).status), "critical") << Name(reason);
  }
  for (const FailReason reason : {FailReason::kServerBusy, FailReason::kClosed, FailReason::kReset,
                                  FailReason::kCertificateExpired}) {
    EXPECT_EQ(Name(With(reason, true).status), "warning") << Name(reason);
  }
  EXPECT_EQ(Name(With(FailReason::kUnanswered).status), "warning") << "it took the bytes";
  for (const FailReason reason : {FailReason::kBadCredentials, FailReason::kCertificateName,
                                  FailReason::kDns, FailReason::kAgentResources}) {
    EXPECT_EQ(Name(With(reason, true).status), "unknown") << Name(reason);
  }
  EXPECT_EQ(With(FailReason::kRefused).note, "connack: refused, fault broker: detail");
}

TEST(CheckStatus, AConnectThatWorksMayStillWarn) {
  EXPECT_EQ(Name(Good().status), "ok");
  EXPECT_EQ(Good(2s).note, "slow");
  EXPECT_EQ(Name(Good(300us, ServedCertificate{kNow + 15 * 24h, true, true}).status), "ok");
  EXPECT_EQ(Good(300us, ServedCertificate{kNow + 9 * 24h + 1h, true, true}).note,
            "certificate expires in 9 days");
  EXPECT_THAT(Good(300us, ServedCertificate{kNow + 900 * 24h, true, false}).note,
              HasSubstr("without the expected name"));
  EXPECT_THAT(Good(300us, ServedCertificate{kNow + 900 * 24h, false, true}).note,
              HasSubstr("unknown authority"));
}

TEST(CheckStatus, AMessageThatGetsLostDoesNotMakeABrokerDead) {
  Checked checked{.endpoint = "a"};
  checked.round_trip.emplace().failure =
      MakeFailure(Stage::kDelivery, FailReason::kDeliveryTimeout);
  Judge(checked, 1s, kNow);
  EXPECT_EQ(Name(checked.status), "warning");
}

TEST(CheckStatus, TheWorstOfSeveral) {
  using enum CheckStatus;
  EXPECT_EQ(Worst(kUnknown, kCritical), kCritical);
  EXPECT_EQ(Worst(kCritical, kUnknown), kCritical);
  EXPECT_EQ(Worst(kWarning, kUnknown), kUnknown);
  EXPECT_EQ(Worst(kOk, kWarning), kWarning);
}

TEST(CheckReport, TextForPeopleAndNagios) {
  std::ostringstream out;
  PrintCheckText(out, CheckStatus::kCritical, {Good(), With(FailReason::kRefused)});
  EXPECT_EQ(out.str(),
            "MQTT CRITICAL: 1 of 2 endpoints let a client in | mqtts-127.0.0.1-8883=0.000400s;;;0\n"
            "ENDPOINT              STATUS    TCP      CONNACK  NOTE\n"
            "mqtts-127.0.0.1-8883  ok        0.10 ms  0.30 ms\n"
            "mqtt-127.0.0.1-1883   critical  -        -        connack: refused, fault broker: "
            "detail\n");
}

TEST(CheckReport, Json) {
  std::ostringstream out;
  PrintCheckJson(out, CheckStatus::kWarning,
                 {Good(300us, ServedCertificate{kNow, true, false}), With(FailReason::kRefused)});
  const auto json = nlohmann::json::parse(out.str());
  EXPECT_EQ(json["status"], "warning");
  const auto& good = json["endpoints"][0];
  EXPECT_EQ(good["failure"], nullptr);
  EXPECT_DOUBLE_EQ(good["stages_seconds"]["connack"], 0.0003);
  EXPECT_EQ(good["certificate"]["expires"], "2027-01-15T08:00:00.000Z");
  EXPECT_EQ(good["certificate"]["name_ok"], false);
  const auto& bad = json["endpoints"][1];
  EXPECT_EQ(bad["failure"]["reason"], "refused");
  EXPECT_EQ(bad["status"], "critical");
}

int CodeOf(const std::string& url, CheckFlags flags = {}) {
  Invocation invocation{.command = Subcommand::kCheck, .flags = {}, .rules = {}, .check = flags};
  invocation.flags.brokers = {url};
  std::ostringstream out, err;
  return RunCheck(invocation, {}, out, err);
}

TEST(Check, MistakesAreUnknownAndNoReasonToRestartABroker) {
  EXPECT_EQ(CodeOf("http://127.0.0.1"), 3);
  EXPECT_EQ(CodeOf("http://127.0.0.1", {.as_probe = true}), 0);
  EXPECT_EQ(CodeOf("mqtt://127.0.0.1", {.timeout = "soon"}), 3);
  EXPECT_EQ(CodeOf("mqtt://broker..example:1"), 3);
}

TEST(Check, AClosedPortIsCritical) {
  EXPECT_EQ(CodeOf("mqtt://127.0.0.1:1"), 2);
  EXPECT_EQ(CodeOf("mqtt://127.0.0.1:1", {.as_probe = true}), 1);
}

}  // namespace
}  // namespace vitals

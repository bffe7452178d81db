// Every code that CONNACK may hold, on a wire: brokers make few of them. What both probes call it,
// and whose fault it is.
#include <gtest/gtest.h>

#include "tests/unit/probes/mqtt/listener_probe_fixture.h"
#include "tests/unit/probes/mqtt/session_client.h"

namespace vitals::mqtt {
namespace {

using std::string_literals::operator""s;

struct Code {
  int version;
  std::uint8_t code;
  FailReason reason;
  Fault fault;

  std::string Packet() const {
    return (version < 5 ? "\x20\x02\x00"s : "\x20\x03\x00"s) + static_cast<char>(code) +
           (version < 5 ? ""s : "\x00"s);
  }
  std::string Text() const {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    return "CONNACK 0x"s + kDigits[code >> 4] + kDigits[code & 0x0F];
  }
};

std::vector<Code> AllCodes() {
  using enum FailReason;
  using enum Fault;
  return {
      // MQTT 3.1.1 section 3.2.2.3
      {4, 0x01, kProtocolVersion, kAgent},
      {4, 0x02, kClientIdRejected, kAgent},
      {4, 0x03, kServerUnavailable, kBroker},
      {4, 0x04, kBadCredentials, kAgent},
      {4, 0x05, kNotAuthorised, kAgent},
      {4, 0x06, kConnackOther, kUnknown},  // reserved
      // MQTT 5.0 section 3.2.2.2
      {5, 0x80, kConnackOther, kUnknown},      // unspecified error
      {5, 0x81, kConnackOther, kUnknown},      // malformed packet
      {5, 0x82, kConnackOther, kUnknown},      // protocol error
      {5, 0x83, kConnackOther, kUnknown},      // implementation specific error
      {5, 0x84, kProtocolVersion, kAgent},     // unsupported protocol version
      {5, 0x85, kClientIdRejected, kAgent},    // client identifier not valid
      {5, 0x86, kBadCredentials, kAgent},      // bad user name or password
      {5, 0x87, kNotAuthorised, kAgent},       // not authorized
      {5, 0x88, kServerUnavailable, kBroker},  // server unavailable
      {5, 0x89, kServerBusy, kBroker},         // server busy
      {5, 0x8A, kBanned, kAgent},              // banned
      {5, 0x8C, kBadAuthMethod, kAgent},       // bad authentication method
      {5, 0x90, kConnackOther, kUnknown},      // topic name invalid
      {5, 0x95, kConnackOther, kUnknown},      // packet too large
      {5, 0x97, kQuotaExceeded, kBroker},      // quota exceeded
      {5, 0x99, kConnackOther, kUnknown},      // payload format invalid
      {5, 0x9A, kConnackOther, kUnknown},      // retain not supported
      {5, 0x9B, kConnackOther, kUnknown},      // QoS not supported
      {5, 0x9C, kUseAnotherServer, kUnknown},  // use another server
      {5, 0x9D, kUseAnotherServer, kUnknown},  // server moved
      {5, 0x9F, kConnectionRate, kBroker},     // connection rate exceeded
  };
}

std::string NameOf(const testing::TestParamInfo<Code>& info) {
  return "V" + std::to_string(info.param.version) + "_" + info.param.Text().substr(10);
}

void ExpectSays(const Failure& failure, const Code& code) {
  EXPECT_EQ(Name(failure.stage), Name(Stage::kConnack));
  EXPECT_EQ(Name(failure.reason), Name(code.reason));
  EXPECT_EQ(Name(failure.fault), Name(code.fault));
  EXPECT_EQ(failure.detail, code.Text());
}

class ListenerConnackTest : public ListenerProbeTest, public testing::WithParamInterface<Code> {};

TEST_P(ListenerConnackTest, HasItsReasonAndSide) {
  const auto first = FirstOf(
      [](ServerEnd& end) {
        end.ReadPacket();
        end.Send(GetParam().Packet());
        end.WaitForClose();
      },
      GetParam().version);
  ASSERT_TRUE(first.failure);
  ExpectSays(*first.failure, GetParam());
  EXPECT_TRUE(first.reacted);
}

INSTANTIATE_TEST_SUITE_P(Codes, ListenerConnackTest, testing::ValuesIn(AllCodes()), NameOf);

class SessionConnackTest : public testing::TestWithParam<Code>, protected SessionClient {};

TEST_P(SessionConnackTest, HasItsReasonAndSide) {
  const ScriptedServer server([](ServerEnd& end) {
    end.ReadPacket();
    end.Send(GetParam().Packet());
    end.WaitForClose();
  });
  spec_.endpoint.mqtt_version = GetParam().version;
  Open(server.port());
  ExpectSays(WaitForEnd(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Codes, SessionConnackTest, testing::ValuesIn(AllCodes()), NameOf);

}  // namespace
}  // namespace vitals::mqtt

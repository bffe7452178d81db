#include "probes/mqtt/wire.h"

#include <gtest/gtest.h>

#include "probes/mqtt/connack.h"
#include "probes/mqtt/identity.h"

namespace vitals::mqtt {
namespace {

using namespace std::string_literals;
using State = ConnackParser::State;

TEST(Wire, Connect311) {
  ConnectOptions options;
  options.client_id = "mqvl-x-1";
  EXPECT_EQ(EncodeConnect(options), "\x10\x14\x00\x04MQTT\x04\x02\x00\x3C\x00\x08mqvl-x-1"s);
}

TEST(Wire, Connect311WithCredentials) {
  ConnectOptions options;
  options.client_id = "c";
  options.username = "u";
  options.password = "pw";
  options.keep_alive_s = 300;
  EXPECT_EQ(EncodeConnect(options),
            "\x10\x14\x00\x04MQTT\x04\xC2\x01\x2C\x00\x01"
            "c\x00\x01u\x00\x02pw"s);
}

TEST(Wire, Only311NeedsAUserNameBesideAPassword) {
  ConnectOptions options;
  options.password = "pw";
  EXPECT_EQ(EncodeConnect(options).at(9), '\xC2');
  options.version = 5;
  EXPECT_EQ(EncodeConnect(options).at(9), '\x42');
}

TEST(Wire, Connect5CarriesItsProperties) {
  ConnectOptions options;
  options.version = 5;
  options.client_id = "c";
  EXPECT_EQ(EncodeConnect(options),
            "\x10\x33\x00\x04MQTT\x05\x02\x00\x3C"
            "\x25\x11\x00\x00\x00\x00\x27\x00\x00\x10\x00\x17\x01"
            "\x26\x00\x09synthetic\x00\x0Bmqtt-vitals"
            "\x00\x01"
            "c"s);
}

TEST(Wire, LongStringsAreCutAndLengthsGrow) {
  ConnectOptions options;
  options.client_id = std::string(70'000, 'x');
  const std::string packet = EncodeConnect(options);
  // 10 bytes of variable header, 2 of length, 65535 of client id = 65547 = 0x8B 0x80 0x04.
  EXPECT_EQ(packet.substr(0, 4), "\x10\x8B\x80\x04"s);
  EXPECT_EQ(packet.size(), 4u + 65'547u);
}

TEST(Wire, Disconnect) { EXPECT_EQ(EncodeDisconnect(), "\xE0\x00"s); }

struct Case {
  const char* name;
  int version;
  std::string bytes;
  State state;
  int code = 0;
};

class ConnackTest : public testing::TestWithParam<Case> {};

TEST_P(ConnackTest, Parse) {
  const Case& c = GetParam();
  ConnackParser parser(c.version);
  EXPECT_EQ(parser.Feed(c.bytes), c.state) << parser.problem();
  if (c.state == State::kDone) {
    EXPECT_EQ(parser.connack().code, c.code);
  }
  EXPECT_EQ(*parser.problem() != '\0', c.state == State::kMalformed);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ConnackTest,
    testing::Values(
        Case{"nothing", 4, "", State::kNeedMore},
        Case{"half", 4, "\x20\x02\x00"s, State::kNeedMore},
        Case{"good", 4, "\x20\x02\x00\x00"s, State::kDone, 0},
        Case{"session_present", 4, "\x20\x02\x01\x00"s, State::kDone, 0},
        Case{"refused", 4, "\x20\x02\x00\x05"s, State::kDone, 5},
        Case{"more_after_it", 4, "\x20\x02\x00\x00\xD0\x00"s, State::kDone, 0},
        Case{"reserved_flag", 4, "\x20\x02\x02\x00"s, State::kMalformed},
        Case{"reserved_header_bit", 4, "\x21\x02\x00\x00"s, State::kMalformed},
        Case{"other_packet", 4, "\x30\x02\x00\x00"s, State::kMalformed},
        Case{"http", 4, "HTTP/1.1 400 Bad Request\r\n", State::kMalformed},
        Case{"too_short", 4, "\x20\x01\x00"s, State::kMalformed},
        Case{"too_long", 4, "\x20\x03\x00\x00\x00"s, State::kMalformed},
        Case{"length_of_five_bytes", 5, "\x20\xFF\xFF\xFF\xFF\x01"s, State::kMalformed},
        Case{"v5_good", 5, "\x20\x03\x00\x00\x00"s, State::kDone, 0},
        Case{"v5_old_broker", 5, "\x20\x02\x00\x01"s, State::kDone, 1},
        Case{"v5_half_properties", 5, "\x20\x06\x00\x00\x03\x13"s, State::kNeedMore},
        Case{"v5_property_cut", 5, "\x20\x05\x00\x00\x02\x13\x00"s, State::kMalformed},
        Case{"v5_property_unknown", 5, "\x20\x05\x00\x00\x02\x01\x00"s, State::kMalformed},
        Case{"v5_property_twice", 5, "\x20\x07\x00\x00\x04\x24\x01\x24\x01"s, State::kMalformed},
        Case{"v5_string_too_long", 5, "\x20\x06\x00\x97\x03\x1F\x00\x09"s, State::kMalformed},
        Case{"v5_wrong_length", 5, "\x20\x04\x00\x00\x00\x00"s, State::kMalformed}),
    [](const auto& one) { return one.param.name; });

TEST(Connack, PropertiesOfMqtt5) {
  ConnackParser parser(5);
  const std::string properties =
      "\x13\x01\x2C"
      "\x24\x01"
      "\x26\x00\x01k\x00\x01v\x26\x00\x01k\x00\x01v"
      "\x1F\x00\x0Bgo\x07 \xC3\xA4 away"
      "\x1C\x00\x06"
      "host:1"s;
  const std::string body = "\x00\x9C"s + static_cast<char>(properties.size()) + properties;
  ASSERT_EQ(parser.Feed("\x20"s + static_cast<char>(body.size()) + body), State::kDone)
      << parser.problem();
  EXPECT_EQ(parser.connack().server_keep_alive_s, 300);
  EXPECT_EQ(Describe(parser.connack()), "CONNACK 0x9C: go? ?? away, use host:1");
}

TEST(Connack, ReasonStringsAreCut) { EXPECT_EQ(Printable(std::string(500, 'x')).size(), 200u); }

// connack_codes_test.cc has all codes of failures, on a wire.
TEST(Connack, CodesThatAreNoneOfTheirVersion) {
  EXPECT_EQ(ReasonOfConnack(4, 0), std::nullopt);
  EXPECT_EQ(ReasonOfConnack(5, 0), std::nullopt);
  EXPECT_EQ(ReasonOfConnack(4, 0x97), FailReason::kConnackOther);
  EXPECT_EQ(ReasonOfConnack(5, 1), FailReason::kProtocolVersion) << "an old broker's code";
}

TEST(Identity, ClientIdsFitEveryBroker) {
  const Identity identity = MakeIdentity("Hive-MQ-0.ns.svc", ~0ULL);
  EXPECT_EQ(identity.instance.substr(0, 4), "ssvc");
  const std::string longest = ClientId(identity, 'l', ~0ULL);
  EXPECT_LE(longest.size(), 23u);
  EXPECT_EQ(longest.substr(0, 5), "mqvl-");
  for (const std::string& id : {longest, ClientId(identity, 'r', 0), ClientId(identity, 'r', 36)}) {
    EXPECT_EQ(id.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz-"), std::string::npos);
  }
  EXPECT_EQ(ClientId(identity, 'r', 0).back(), '0');
  EXPECT_EQ(ClientId(identity, 'r', 36).substr(16), "10");
}

TEST(Identity, DiffersFromRunToRun) {
  EXPECT_NE(MakeIdentity().instance, MakeIdentity().instance);
  EXPECT_NE(MakeIdentity("a", 1).instance, MakeIdentity("a", 2).instance);
  EXPECT_NE(MakeIdentity("broker-0", 1).instance, MakeIdentity("broker-1", 1).instance);
  EXPECT_EQ(MakeIdentity("", 7).instance, "000007");
}

}  // namespace
}  // namespace vitals::mqtt

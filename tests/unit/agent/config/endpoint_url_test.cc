#include "agent/config/endpoint_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitals {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(EndpointUrl, Reads) {
  for (const auto& [text, printed] : std::vector<std::pair<std::string, std::string>>{
           {"mqtt://127.0.0.1:1884", "mqtt://127.0.0.1:1884"},
           {"mqtt://LocalHost", "mqtt://localhost:1883"},
           {"mqtt://[::1]:1", "mqtt://[::1]:1"},
           {"mqtt://[::1]", "mqtt://[::1]:1883"},
           {"mqtt://127.0.0.4:1/", "mqtt://127.0.0.4:1"},
           {"mqtts://broker-0.broker.prod.svc.", "mqtts://broker-0.broker.prod.svc.:8883"},
           {"mqtts://3com.example:1", "mqtts://3com.example:1"},
           {"ws://127.0.0.1", "ws://127.0.0.1:80/"},
           {"ws://[::1]:8000/mqtt?a=/b", "ws://[::1]:8000/mqtt?a=/b"},
           {"wss://h/mqtt", "wss://h:443/mqtt"},
           {"unix:///run/Mosquitto.sock", "unix:///run/Mosquitto.sock"}}) {
    const auto url = ReadEndpointUrl(text);
    ASSERT_TRUE(url) << url.error().ToString();
    EXPECT_EQ(url->ToString(), printed);
    EXPECT_EQ(ReadEndpointUrl(printed), *url);
  }
}

TEST(EndpointUrl, Refuses) {
  const std::string long_path = "unix:///" + std::string(107, 'x');
  const std::string long_label = "mqtt://" + std::string(64, 'x');
  for (const std::string& bad : {std::string(),
                                 std::string("h:1883"),
                                 std::string("mqtt://"),
                                 std::string("mqtt://:1883"),
                                 std::string("mqtt://127.0.0.1:0"),
                                 std::string("mqtt://127.0.0.4:65536"),
                                 std::string("mqtt://127.0.0.4:"),
                                 std::string("mqtt://127.0.0.4:1883x"),
                                 std::string("mqtt://127.0.0.1/path"),
                                 std::string("mqtts://127.0.0.1/path"),
                                 std::string("mqtt://127.1:1883"),
                                 std::string("mqtt://127.0.0.4:1?q"),
                                 std::string("mqtt://::1:1883"),
                                 std::string("mqtt://[::1"),
                                 std::string("mqtt://[h]:1"),
                                 std::string("mqtt://[::1]1883"),
                                 std::string("mqtt://-h"),
                                 std::string("mqtt://h h"),
                                 std::string("mqtt://h..i"),
                                 std::string("mqtt://h_i"),
                                 std::string("tcp://h:1883"),
                                 std::string("unix://run/sock"),
                                 std::string("unix:///a b"),
                                 long_path,
                                 long_label}) {
    const auto result = ReadEndpointUrl(bad);
    ASSERT_FALSE(result) << bad;
    EXPECT_THAT(result.error().remedy, HasSubstr("mqtt://HOST:PORT")) << bad;
  }
}

TEST(EndpointUrl, APathIsFitForARequestLine) {
  for (const char* bad : {"ws://h/a b", "ws://h/a\r\nHost: x", "ws://h/#part"}) {
    EXPECT_FALSE(ReadEndpointUrl(bad)) << bad;
  }
}

TEST(EndpointUrl, KnowsWhatNeedsNoResolving) {
  for (const char* url : {"mqtt://127.0.0.1", "mqtt://localhost", "mqtts://[::1]"}) {
    EXPECT_TRUE(ReadEndpointUrl(url)->HasNumericHost()) << url;
  }
  EXPECT_FALSE(ReadEndpointUrl("mqtt://127.example")->HasNumericHost());
}

TEST(EndpointUrl, NeverRepeatsAPassword) {
  for (const char* url : {"mqtt://agent:s3cret@h:1883", "mqtts://agent:s3cret@h:1883"}) {
    EXPECT_THAT(ReadEndpointUrl(url).error().ToString(), Not(HasSubstr("s3cret"))) << url;
  }
}

TEST(EndpointUrl, DefaultNameIsAValidName) {
  EXPECT_EQ(ReadEndpointUrl("mqtt://127.0.0.1:1883")->DefaultName(), "mqtt-127.0.0.1-1883");
  EXPECT_EQ(ReadEndpointUrl("mqtt://localhost:1")->DefaultName(), "mqtt-localhost-1");
  EXPECT_EQ(ReadEndpointUrl("unix:///run/Mosquitto.sock")->DefaultName(),
            "unix-run-mosquitto.sock");
  EXPECT_TRUE(ReadEndpointName(ReadEndpointUrl("mqtt://[fe80::1]:1")->DefaultName()));
  const std::string label(50, 'x');
  EXPECT_TRUE(ReadEndpointName(
      ReadEndpointUrl("wss://" + label + "." + label + "." + label)->DefaultName()));
  for (const char* bad : {"", "Plain", "a b", "a/b", "a_b"}) {
    EXPECT_FALSE(ReadEndpointName(bad)) << bad;
  }
}

}  // namespace
}  // namespace vitals

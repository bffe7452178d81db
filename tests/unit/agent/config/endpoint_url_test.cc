#include "agent/config/endpoint_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitals {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(EndpointUrl, Reads) {
  EXPECT_EQ(ReadEndpointUrl("mqtt://127.0.0.1:1884")->ToString(), "mqtt://127.0.0.1:1884");
  EXPECT_EQ(ReadEndpointUrl("mqtt://LocalHost")->ToString(), "mqtt://localhost:1883");
  EXPECT_EQ(ReadEndpointUrl("mqtt://[::1]:1")->ToString(), "mqtt://[::1]:1");
  EXPECT_EQ(ReadEndpointUrl("mqtt://[::1]")->ToString(), "mqtt://[::1]:1883");
  EXPECT_EQ(ReadEndpointUrl("mqtt://127.0.0.4:1/")->ToString(), "mqtt://127.0.0.4:1");
}

TEST(EndpointUrl, Refuses) {
  for (const char* bad :
       {"", "h:1883", "mqtt://", "mqtt://:1883", "mqtt://127.0.0.1:0", "mqtt://127.0.0.4:65536",
        "mqtt://127.0.0.4:", "mqtt://127.0.0.4:1883x", "mqtt://127.0.0.1/path",
        "mqtt://broker.local:1883", "mqtt://127.1:1883", "mqtt://127.0.0.4:1?q", "mqtt://::1:1883",
        "mqtt://[::1", "mqtt://[h]:1", "mqtt://[::1]1883", "mqtt://-h", "mqtt://h h"}) {
    const auto result = ReadEndpointUrl(bad);
    ASSERT_FALSE(result) << bad;
    EXPECT_THAT(result.error().remedy, HasSubstr("mqtt://ADDRESS:PORT")) << bad;
  }
}

TEST(EndpointUrl, SaysWhichSchemesAreSupported) {
  for (const char* url : {"mqtts://h:8883", "ws://h:80", "wss://h:443", "tcp://h:1883"}) {
    EXPECT_THAT(ReadEndpointUrl(url).error().remedy, HasSubstr("mqtt:// only")) << url;
  }
}

TEST(EndpointUrl, NeverRepeatsAPassword) {
  for (const char* url : {"mqtt://agent:s3cret@h:1883", "mqtts://agent:s3cret@h:1883"}) {
    EXPECT_THAT(ReadEndpointUrl(url).error().ToString(), Not(HasSubstr("s3cret"))) << url;
  }
}

TEST(EndpointUrl, DefaultNameIsAValidName) {
  EXPECT_EQ(ReadEndpointUrl("mqtt://127.0.0.1:1883")->DefaultName(), "mqtt-127.0.0.1-1883");
  EXPECT_EQ(ReadEndpointUrl("mqtt://localhost:1")->DefaultName(), "mqtt-localhost-1");
  EXPECT_TRUE(ReadEndpointName(ReadEndpointUrl("mqtt://[fe80::1]:1")->DefaultName()));
  for (const char* bad : {"", "Plain", "a b", "a/b", "a_b"}) {
    EXPECT_FALSE(ReadEndpointName(bad)) << bad;
  }
}

}  // namespace
}  // namespace vitals

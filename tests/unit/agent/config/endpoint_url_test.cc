#include "agent/config/endpoint_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitals {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(EndpointUrl, Reads) {
  EXPECT_EQ(ReadEndpointUrl("mqtt://127.0.0.1:1884")->ToString(), "mqtt://127.0.0.1:1884");
  EXPECT_EQ(ReadEndpointUrl("mqtt://Broker.local")->ToString(), "mqtt://broker.local:1883");
  EXPECT_EQ(ReadEndpointUrl("mqtt://[::1]:1")->ToString(), "mqtt://[::1]:1");
  EXPECT_EQ(ReadEndpointUrl("mqtt://[::1]")->ToString(), "mqtt://[::1]:1883");
  EXPECT_EQ(ReadEndpointUrl("mqtt://h:1/")->ToString(), "mqtt://h:1");
}

TEST(EndpointUrl, Refuses) {
  for (const char* bad :
       {"", "h:1883", "mqtt://", "mqtt://:1883", "mqtt://h:0", "mqtt://h:65536",
        "mqtt://h:", "mqtt://h:1883x", "mqtt://h/path", "mqtt://h:1?q", "mqtt://::1:1883",
        "mqtt://[::1", "mqtt://[h]:1", "mqtt://[::1]1883", "mqtt://-h", "mqtt://h h"}) {
    const auto result = ReadEndpointUrl(bad);
    ASSERT_FALSE(result) << bad;
    EXPECT_THAT(result.error().remedy, HasSubstr("mqtt://HOST:PORT")) << bad;
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
  EXPECT_EQ(ReadEndpointUrl("mqtt://My_Broker:1")->DefaultName(), "mqtt-my-broker-1");
  EXPECT_TRUE(ReadEndpointName(ReadEndpointUrl("mqtt://[fe80::1]:1")->DefaultName()));
  for (const char* bad : {"", "Plain", "a b", "a/b", "a_b"}) {
    EXPECT_FALSE(ReadEndpointName(bad)) << bad;
  }
}

}  // namespace
}  // namespace vitals

#include "agent/config/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitals {
namespace {

using testing::HasSubstr;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;

TEST(Values, Durations) {
  EXPECT_EQ(ReadDuration("250ms"), 250ms);
  EXPECT_EQ(ReadDuration("5s"), 5s);
  EXPECT_EQ(ReadDuration("10m"), 10min);
  EXPECT_EQ(ReadDuration("1h"), 1h);
  EXPECT_EQ(ReadDuration("0s"), 0s);
  EXPECT_EQ(ReadDuration("5 s"), 5s);
  for (const char* bad : {"", "5", "s", "-5s", "1.5s", "5 sec", "5S", "5  s", " 5s", "5s ",
                          "99999999999999h", "99999999999999999999s"}) {
    EXPECT_FALSE(ReadDuration(bad)) << bad;
  }
  EXPECT_THAT(ReadDuration("5").error().remedy, HasSubstr("250ms"));
}

TEST(Values, DurationsWithinLimits) {
  EXPECT_EQ(ReadDuration("1s", 1s, 2s), 1s);
  EXPECT_EQ(ReadDuration("2s", 1s, 2s), 2s);
  EXPECT_THAT(ReadDuration("3s", 1s, 2s).error().remedy, HasSubstr("from 1s to 2s"));
  EXPECT_FALSE(ReadDuration("999ms", 1s, 2s));
}

TEST(Values, Sizes) {
  EXPECT_EQ(ReadSize("64MiB"), 64u << 20);
  EXPECT_EQ(ReadSize("16 KiB"), 16u << 10);
  EXPECT_EQ(ReadSize("512B"), 512u);
  EXPECT_EQ(ReadSize("1GiB"), 1u << 30);
  for (const char* bad : {"", "64", "64MB", "64mib", "-1B", "99999999999GiB"}) {
    EXPECT_FALSE(ReadSize(bad)) << bad;
  }
  EXPECT_FALSE(ReadSize("3KiB", 1024, 2048));
}

TEST(Values, BoolsAndInts) {
  EXPECT_EQ(ReadBool("true"), true);
  EXPECT_EQ(ReadBool("false"), false);
  EXPECT_FALSE(ReadBool("yes"));
  EXPECT_EQ(ReadInt("7", 1, 10), 7);
  EXPECT_EQ(ReadInt("-7", -10, 10), -7);
  EXPECT_THAT(ReadInt("11", 1, 10).error().remedy, HasSubstr("from 1 to 10"));
  EXPECT_THAT(ReadInt("x", 1, 10).error().message, HasSubstr("not a whole number"));
  for (const char* bad : {"", "1x", " 1", "1 ", "99999999999"}) {
    EXPECT_FALSE(ReadInt(bad, -100, 100)) << bad;
  }
}

TEST(Values, Addresses) {
  EXPECT_EQ(ReadAddress("[::]:9461")->ToString(), "[::]:9461");
  EXPECT_EQ(ReadAddress("127.0.0.1:0")->ToString(), "127.0.0.1:0");
  EXPECT_EQ(ReadAddress(":9462")->ToString(), "[::]:9462");
  EXPECT_EQ(ReadAddress("[::1]:65535")->ToString(), "[::1]:65535");
  for (const char* bad : {"", "9461", "localhost:9461", "::1:9461", "[::1]", "[::1]:", "[]:1",
                          "[127.0.0.1]:1", "1.2.3:4", "127.0.0.1:65536", "127.0.0.1:-1"}) {
    EXPECT_FALSE(ReadAddress(bad)) << bad;
  }
}

TEST(Values, PrintsWhatItReads) {
  for (const char* text : {"250ms", "5s", "10m", "1h", "90s", "1500ms", "0s"}) {
    EXPECT_EQ(PrintDuration(*ReadDuration(text)), text);
  }
  for (const char* text : {"0B", "512B", "64MiB", "16KiB", "1GiB", "1025B"}) {
    EXPECT_EQ(PrintSize(*ReadSize(text)), text);
  }
  EXPECT_EQ(PrintDuration(60s), "1m");
}

TEST(Values, SuggestsTheNearestName) {
  const std::vector<std::string_view> known = {"interval", "deadline", "qos"};
  EXPECT_EQ(Suggest("intervall", known), "did you mean 'interval'?");
  EXPECT_EQ(Suggest("dedline", known), "did you mean 'deadline'?");
  EXPECT_EQ(Suggest("colour", known), "known: interval, deadline, qos");
  EXPECT_EQ(Nearest(std::string(100'000, 'x'), known), "");
}

TEST(Values, MqttVersions) {
  EXPECT_EQ(ReadMqttVersion("3.1.1"), 4);
  EXPECT_EQ(ReadMqttVersion("5"), 5);
  EXPECT_FALSE(ReadMqttVersion("4"));
}

}  // namespace
}  // namespace vitals

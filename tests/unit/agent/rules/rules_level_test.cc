#include "agent/rules_level.h"

#include <gtest/gtest.h>

namespace vitals {
namespace {

TEST(Level, WarningsOfEachFormat) {
  for (const char* line :
       {"2026-11-22 21:01:04,346 WARN  - The connection limit is reached",
        "2026-11-22 21:01:04,346 ERROR - x", "2026-11-22 21:01:04.346678+00:00 [warning] <0.9.0> x",
        "2026-11-22 21:01:04.346678+00:00 [error] <0.9.0> x", "[7] 2026/11/22 11:31:26.503 [WRN] x",
        "[7] 2026/11/22 11:31:26 [FTL] x", R"({"time":1,"level":"warning","msg":"info"})",
        "1795346787: Error: Address already in use",
        "1795346787: Warning: Mosquitto should not be run as root",
        "1795346787: Socket error on client x, disconnecting."}) {
    EXPECT_TRUE(IsWarning(line)) << line;
  }
}

TEST(Level, TheLevelWinsOverTheWording) {
  for (const char* line : {"2026-11-22 21:01:04,346 INFO  - error handler installed",
                           "[7] 2026/11/22 11:31:26.503 [INF] no errors", "",
                           "\tat org.example.critical.Analyzer.check(Analyzer.java:155)",
                           "1795346787: mosquitto version 2.0.11 running",
                           "1795346787: New client connected from 127.0.0.1:5 as terrorwarned"}) {
    EXPECT_FALSE(IsWarning(line)) << line;
  }
  EXPECT_FALSE(
      IsWarning("1795346787: Received PUBLISH from a-client-with-a-long-name (d0, q0"
                ", r0, m0, 'a/topic/of/some/length', error error"));
}

}  // namespace
}  // namespace vitals

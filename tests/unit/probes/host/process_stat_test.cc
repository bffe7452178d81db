#include "probes/host/process_stat.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace vitals {
namespace {

constexpr const char* kRest =
    " 10 20 30 0 -1 4194560 100 0 1 0 150 50 0 0 20 0 4 0 987654 1000000 500 18446744073709551615";

TEST(ProcessStat, ReadsALine) {
  const auto stat = ParseStat(std::string("42 (mosquitto) S") + kRest + "\n");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->identity, (ProcessIdentity{42, 987'654}));
  EXPECT_EQ(stat->name, "mosquitto");
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->parent, 10);
  EXPECT_EQ(stat->cpu_ticks, 200u);
}

TEST(ProcessStat, ANameMayHoldAnything) {
  for (const std::string name : {"a b", ") R 1 (", "", "((", "x) D"}) {
    const auto stat = ParseStat("42 (" + name + ") D" + kRest);
    ASSERT_TRUE(stat) << name;
    EXPECT_EQ(stat->name, name);
    EXPECT_EQ(stat->state, 'D');
    EXPECT_EQ(stat->parent, 10);
  }
}

TEST(ProcessStat, WhatIsNoSuchLineIsNone) {
  for (const char* line : {"", "42", "42 (", "(x) S 1", "x (y) S 1 2", ")(", "42 (x) S",
                           "42 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18",
                           "42 (x) S -- 20 30 0 -1 4 1 0 1 0 150 50 0 0 20 0 4 0 98"}) {
    EXPECT_FALSE(ParseStat(line)) << line;
  }
}

TEST(ProcessStat, ReadsThisProcess) {
  const auto stat = ReadStat("/proc/self/stat");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->identity.pid, ::getpid());
  EXPECT_EQ(stat->parent, ::getppid());
  EXPECT_GT(stat->identity.started_at, 0u);
  EXPECT_FALSE(ReadStat("/proc/self/nothing"));
}

}  // namespace
}  // namespace vitals

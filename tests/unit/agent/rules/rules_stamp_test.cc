#include "agent/rules_stamp.h"

#include <gtest/gtest.h>

namespace vitals {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

TEST(Stamp, OneMomentInEveryStyle) {
  const Time moment(1795347086s);  // 2026-11-22T11:31:26Z
  EXPECT_EQ(ReadStamp("1795347086: Saving"), moment);
  EXPECT_EQ(ReadStamp("2026-11-22T11:31:26: Saving"), moment);
  EXPECT_EQ(ReadStamp("2026-11-22T11:31:26+0000: Saving"), moment);
  EXPECT_EQ(ReadStamp("2026-11-22 11:31:26,346 INFO  - x"), moment + 346ms);
  EXPECT_EQ(ReadStamp("[7] 2026/11/22 11:31:26.5 [INF] x"), moment + 500ms);
}

TEST(Stamp, WhatIsNoneIsNone) {
  for (const char* line : {"", "Saving", "12: x", "1795347086 x", "2026-13-22T11:31:26 x",
                           "9999-11-22T11:31:26", "2026-11-22", "1795347086"}) {
    EXPECT_FALSE(ReadStamp(line)) << line;
  }
  EXPECT_FALSE(ReadStamp("some text that is long enough 2026-11-22T11:31:26"));
}

}  // namespace
}  // namespace vitals

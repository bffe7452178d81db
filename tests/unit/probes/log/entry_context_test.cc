#include "probes/log/entry_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace vitals {
namespace {

using testing::Optional;

const std::string kTrace = R"(^\t|^Caused by: |^$)";

TEST(EntryContext, KeepsWhatFollowsAHead) {
  EntryContext entry(kTrace);
  EXPECT_FALSE(entry.Add("\tat nobody")) << "no head came";
  entry.Open("ERROR out of memory");
  EXPECT_THAT(entry.Add("\tat A.b(A.java:1)"), Optional(std::string("\tat A.b(A.java:1)")));
  EXPECT_TRUE(entry.Add(""));
  EXPECT_TRUE(entry.Add("Caused by: C"));
  EXPECT_FALSE(entry.Add("INFO another entry"));
  EXPECT_FALSE(entry.open());
  EXPECT_FALSE(entry.Add("\tat D")) << "of another entry";
  EXPECT_EQ(entry.Take(), "\tat A.b(A.java:1)\nCaused by: C");
  EXPECT_EQ(entry.Take(), "");
}

TEST(EntryContext, GoesOnAfterATake) {
  EntryContext entry(kTrace);
  entry.Open("ERROR");
  entry.Add("\tone");
  EXPECT_EQ(entry.Take(), "\tone");
  entry.Add("\ttwo");
  EXPECT_EQ(entry.Take(), "\ttwo");
}

TEST(EntryContext, ANewHeadStartsAnew) {
  EntryContext entry(kTrace);
  entry.Open("ERROR 1");
  entry.Add("\tone");
  entry.Open("ERROR 2");
  entry.Add("\ttwo");
  EXPECT_EQ(entry.Take(), "\ttwo");
  entry.Close();
  EXPECT_FALSE(entry.Add("\tthree"));
}

TEST(EntryContext, LinesAreBoundedOverAllTakes) {
  EntryContext entry(kTrace);
  entry.Open("ERROR");
  std::size_t kept = 0;
  while (entry.Add("\tx")) {
    entry.Take();
    ASSERT_LE(++kept, EntryContext::kMostLines);
  }
  EXPECT_EQ(kept, EntryContext::kMostLines);
}

TEST(EntryContext, BytesAreBounded) {
  EntryContext entry(kTrace);
  entry.Open("ERROR");
  entry.Add("\t" + std::string(700, 'x'));
  EXPECT_TRUE(entry.Add("\t" + std::string(700, 'y')));
  EXPECT_FALSE(entry.open());
  EXPECT_EQ(entry.Take().size(), EntryContext::kMostBytes + 1);  // with the line feed
}

TEST(EntryContext, AGroupTellsWhatIsKept) {
  EntryContext entry(R"(^\d+ (?:skip|more (?P<text>.*))$)");
  entry.Open("1 head");
  EXPECT_TRUE(entry.Add("2 skip"));
  EXPECT_THAT(entry.Add("3 more text"), Optional(std::string("text")));
  EXPECT_EQ(entry.Take(), "text");
}

TEST(EntryContext, AGroupTellsWhatTheHeadHasToo) {
  EntryContext entry(R"(^\d\d:\d\d (?P<same><\d>) (?P<text>  .*))");
  entry.Open("12:00 <1> crash");
  EXPECT_THAT(entry.Add("12:01 <1>   reason"), Optional(std::string("  reason")));
  EXPECT_FALSE(entry.Add("12:00 <2>   of another process"));
}

TEST(EntryContext, WithoutAnExpressionNothingContinues) {
  EntryContext entry("");
  entry.Open("ERROR");
  EXPECT_FALSE(entry.open());
  EXPECT_FALSE(entry.Add("\tat"));
}

TEST(EntryContext, SaysWhatIsWrong) {
  EXPECT_EQ(WhatIsWrongWithContinues(""), "");
  EXPECT_EQ(WhatIsWrongWithContinues("^(?P<same>a)(?P<text>b)"), "");
  EXPECT_NE(WhatIsWrongWithContinues("^("), "");
  EXPECT_EQ(WhatIsWrongWithContinues("^(a)"), "a group without a name");
  EXPECT_EQ(WhatIsWrongWithContinues("^(?P<other>a)"), "a group 'other'");
}

}  // namespace
}  // namespace vitals

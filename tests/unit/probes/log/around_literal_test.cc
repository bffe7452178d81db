#include "probes/log/around_literal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <array>

namespace vitals {
namespace {

using Parts = std::array<std::string, 3>;

std::optional<Parts> Cut(std::string_view expression) {
  EXPECT_TRUE(RE2(re2::StringPiece(expression.data(), expression.size())).ok()) << expression;
  const auto cut = CutAtLiteral(expression);
  if (!cut) return std::nullopt;
  EXPECT_FALSE(cut->literal.empty());
  return Parts{cut->head, cut->literal, cut->rest};
}

TEST(AroundLiteral, TakesTheLongestLiteralOfTheOutermostConcatenation) {
  EXPECT_EQ(Cut("^Started$"), (Parts{"^", "Started", "$"}));
  EXPECT_EQ(Cut(R"(^(?:\d+: )?open on (?P<port>\d+), reason$)"),
            (Parts{R"(^(?:\d+: )?)", "open on ", R"((?P<port>\d+), reason$)"}));
  EXPECT_EQ(Cut(R"(^\[\d+\] <0\.1> alarm)"), (Parts{R"(^\[\d+)", "] <0.1> alarm", ""}));
  EXPECT_EQ(Cut("word .*longer"), (Parts{"", "word ", ".*longer"})) << "nothing to search for";
}

TEST(AroundLiteral, WhatIsRepeatedIsNotPartOfIt) {
  EXPECT_EQ(Cut("^saved*x"), (Parts{"^", "save", "d*x"}));
  EXPECT_EQ(Cut("^saved+?x"), (Parts{"^", "save", "d+?x"}));
  EXPECT_EQ(Cut("^saved{2,}x"), (Parts{"^", "save", "d{2,}x"}));
  EXPECT_EQ(Cut(R"(^save\.?x)"), (Parts{"^", "save", R"(\.?x)"}));
}

TEST(AroundLiteral, StepsOverGroupsAndClassesWhateverIsInThem) {
  EXPECT_EQ(Cut("^(a(b|c)[)]d)?end"), (Parts{"^(a(b|c)[)]d)?", "end", ""}));
  EXPECT_EQ(Cut(R"(^[]a\]b]+[^]x]end)"), (Parts{R"(^[]a\]b]+[^]x])", "end", ""}));
  EXPECT_EQ(Cut("^[[:alpha:]]+end"), (Parts{"^[[:alpha:]]+", "end", ""}));
  EXPECT_EQ(Cut(R"(^\S+\bend)"), (Parts{R"(^\S+\b)", "end", ""}));
}

TEST(AroundLiteral, CutsNothingWhereItIsNotSure) {
  for (const char* const expression :
       {"", "^", R"(^\d+$)", "^one|two", "(?i)saved", "^((?i)a)saved", R"(^\Qsaved\E)",
        R"(^\x41saved)", R"(^\pNsaved)", "^saved{", "^saved{x}", "^saved{2 [}]end", ".*saved"}) {
    EXPECT_FALSE(Cut(expression)) << expression;
  }
}

}  // namespace
}  // namespace vitals

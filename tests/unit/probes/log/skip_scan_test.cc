#include "probes/log/skip_scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

namespace vitals {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::size_t> Found(const SkipScan& scan, std::string_view line) {
  std::vector<std::size_t> found;
  scan.Scan(line, [&](std::size_t literal, std::size_t) {
    found.push_back(literal);
    return true;
  });
  return found;
}

TEST(SkipScan, FindsLiteralsInEitherCaseWhereverTheyAre) {
  const SkipScan scan({"saving", "Save Started", "state "});
  EXPECT_THAT(Found(scan, "SAVING"), ElementsAre(0));
  EXPECT_THAT(Found(scan, "x save started saving state "), ElementsAre(1, 0, 2));
  EXPECT_THAT(Found(scan, "savin gstate"), IsEmpty());
  EXPECT_THAT(Found(scan, "saving saving"), ElementsAre(0, 0));
  EXPECT_THAT(Found(scan, ""), IsEmpty());
}

// The bytes that only bit 5 parts from each other, and no case.
TEST(SkipScan, TakesNoOtherByteForALetterOrASign) {
  const SkipScan scan({"a[b]c"});
  EXPECT_THAT(Found(scan, "A[B]C"), ElementsAre(0));
  EXPECT_THAT(Found(scan, "a{b}c"), IsEmpty());
}

TEST(SkipScan, StopsWhenToldTo) {
  const SkipScan scan({"one", "two"});
  int calls = 0;
  scan.Scan("two one two", [&](std::size_t literal, std::size_t at) {
    EXPECT_EQ(literal, 1u);
    EXPECT_EQ(at, 0u);
    ++calls;
    return false;
  });
  EXPECT_EQ(calls, 1);
}

TEST(SkipScan, WithoutLiteralsFindsNothing) {
  EXPECT_THAT(Found(SkipScan({}), "text \xFF"), IsEmpty());
}

TEST(SkipScan, AgreesWithASearchForEachLiteral) {
  std::mt19937 random(20261124);
  const auto text = [&](std::size_t length) {
    std::string made(length, ' ');
    for (char& c : made) c = "ab\xFC"[random() % 3];
    return made;
  };
  for (int trial = 0; trial < 2000; ++trial) {
    const std::size_t shortest = SkipScan::kShortest + random() % 4;
    std::vector<std::string> literals;
    for (int i = 0; i < 8; ++i) literals.push_back(text(shortest + random() % 4));
    const SkipScan scan(literals);
    // Its own memory to the byte, so that a sanitizer sees a read beyond it.
    const std::vector<char> bytes = [&] {
      const std::string made = text(random() % 60);
      return std::vector<char>(made.begin(), made.end());
    }();
    const std::string_view line(bytes.data(), bytes.size());
    std::multiset<std::size_t> expected;
    for (std::size_t i = 0; i < literals.size(); ++i) {
      for (auto at = line.find(literals[i]); at != line.npos; at = line.find(literals[i], at + 1)) {
        expected.insert(i);
      }
    }
    const auto found = Found(scan, line);
    ASSERT_EQ(std::multiset<std::size_t>(found.begin(), found.end()), expected) << line;
  }
}

}  // namespace
}  // namespace vitals

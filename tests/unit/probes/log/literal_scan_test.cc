#include "probes/log/literal_scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace vitals {
namespace {

std::set<int> Scan(const LiteralScan& scan, std::string_view line) {
  std::vector<int> found;
  scan.Scan(line, found);
  return {found.begin(), found.end()};
}

TEST(LiteralScan, FindsOverlappingLiteralsInEitherCase) {
  const LiteralScan scan({"he", "she", "his", "hers"});
  EXPECT_THAT(Scan(scan, "uSHERs"), testing::ElementsAre(0, 1, 3));
  EXPECT_THAT(Scan(scan, "hi"), testing::IsEmpty());
  EXPECT_THAT(Scan(scan, ""), testing::IsEmpty());
}

TEST(LiteralScan, WithoutLiteralsFindsNothing) {
  EXPECT_THAT(Scan(LiteralScan({}), "text \xFF"), testing::IsEmpty());
}

TEST(LiteralScan, AgreesWithASearchForEachLiteral) {
  std::mt19937 random(20261124);
  const auto text = [&](std::size_t length) {
    std::string made(length, ' ');
    for (char& c : made) c = "ab\xFC"[random() % 3];
    return made;
  };
  for (int trial = 0; trial < 500; ++trial) {
    std::vector<std::string> literals;
    for (int i = 0; i < 8; ++i) literals.push_back(text(1 + random() % 5));
    const LiteralScan scan(literals);
    const std::string line = text(random() % 40);
    std::set<int> expected;
    for (std::size_t i = 0; i < literals.size(); ++i) {
      if (line.find(literals[i]) != std::string::npos) expected.insert(static_cast<int>(i));
    }
    ASSERT_EQ(Scan(scan, line), expected) << line;
  }
}

}  // namespace
}  // namespace vitals

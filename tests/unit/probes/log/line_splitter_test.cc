#include "probes/log/line_splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace vitals {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::string_literals;

class LineSplitterTest : public testing::Test {
 protected:
  void Feed(std::string_view bytes) {
    splitter_.Feed(bytes, [this](std::string_view line) { lines_.emplace_back(line); });
  }

  LineSplitter splitter_;
  std::vector<std::string> lines_;
};

TEST_F(LineSplitterTest, SplitsAtLineFeedsAndStripsCarriageReturns) {
  Feed("one\ntwo\r\n\nfour\r");
  EXPECT_THAT(lines_, ElementsAre("one", "two", ""));
  Feed("\n");
  EXPECT_THAT(lines_, ElementsAre("one", "two", "", "four"));
}

TEST_F(LineSplitterTest, CarriesAnUnterminatedTailOver) {
  Feed("par");
  Feed("ti");
  Feed("al\nnext");
  EXPECT_THAT(lines_, ElementsAre("partial"));
  splitter_.Finish([this](std::string_view line) { lines_.emplace_back(line); });
  EXPECT_THAT(lines_, ElementsAre("partial", "next"));
}

TEST_F(LineSplitterTest, GivesTheSameLinesHoweverTheBytesArrive) {
  const std::string text = "\xEF\xBB\xBF"s + "first\r\n"s + std::string(40, '\0') + "second\n\n" +
                           std::string(LineSplitter::kMaxLine + 5, 'x') + "\nlast\n";
  Feed(text);
  const auto whole = lines_;
  ASSERT_EQ(whole.size(), 5u);
  EXPECT_EQ(whole[0], "first");
  EXPECT_EQ(whole[1], "second");
  EXPECT_EQ(whole[3].size(), LineSplitter::kMaxLine);
  for (const std::size_t piece : {1u, 2u, 7u, 4096u}) {
    splitter_ = {};
    lines_.clear();
    for (std::size_t at = 0; at < text.size(); at += piece) {
      Feed(std::string_view(text).substr(at, piece));
    }
    EXPECT_EQ(lines_, whole) << piece;
    EXPECT_EQ(splitter_.cut_lines(), 1u);
  }
}

TEST_F(LineSplitterTest, CutsOnlyLinesOverTheCap) {
  const std::string full(LineSplitter::kMaxLine, 'a');
  Feed(full + "\n");
  EXPECT_EQ(splitter_.cut_lines(), 0u);
  Feed(full + "b\nafter\n");
  EXPECT_EQ(splitter_.cut_lines(), 1u);
  EXPECT_THAT(lines_, ElementsAre(full, full, "after"));
}

TEST_F(LineSplitterTest, AGigabyteLineDoesNotGrowMemory) {
  const std::string piece(1 << 20, 'x');
  for (int i = 0; i < 1024; ++i) {
    Feed(piece);
    ASSERT_LE(splitter_.kept_bytes(), LineSplitter::kMaxLine);
  }
  Feed("\nafter\n");
  EXPECT_THAT(lines_, ElementsAre(std::string(LineSplitter::kMaxLine, 'x'), "after"));
  EXPECT_EQ(splitter_.cut_lines(), 1u);
}

TEST_F(LineSplitterTest, SkipsNulRunsAtLineStartsOnly) {
  Feed(std::string(1 << 20, '\0'));
  EXPECT_EQ(splitter_.kept_bytes(), 0u);
  Feed("\0\0line\n"s);
  Feed("in\0side\n"s);
  EXPECT_THAT(lines_, ElementsAre("line", "in\0side"s));
}

TEST_F(LineSplitterTest, SkipsAByteOrderMarkAtTheStartOfAFileOnly) {
  Feed("\xEF\xBB\xBFone\n\xEF\xBB\xBFtwo\n");
  EXPECT_THAT(lines_, ElementsAre("one", "\xEF\xBB\xBFtwo"));
}

TEST_F(LineSplitterTest, LeavesOutTheLineInWhichItResumes) {
  splitter_.Resume(true);
  Feed("rest of a ");
  Feed("line\nnext\n");
  EXPECT_THAT(lines_, ElementsAre("next"));
}

TEST_F(LineSplitterTest, RestartForgetsTheTail) {
  Feed("old");
  splitter_.Restart();
  Feed("new\n");
  EXPECT_THAT(lines_, ElementsAre("new"));
  splitter_.Finish([this](std::string_view line) { lines_.emplace_back(line); });
  EXPECT_THAT(lines_, ElementsAre("new"));
}

}  // namespace
}  // namespace vitals

// CRI's lines and what the follower makes of them; files of that kind are followed in
// tailer_cri_test.cc.
#include "probes/log/line_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "probes/log/line_splitter.h"

namespace vitals {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kStamp = "2026-01-31T23:59:59.123456789Z";
const std::string kOut = kStamp + " stdout ";
const std::string kErr = kStamp + " stderr ";

TEST(Cri, ReadsStreamTagAndContent) {
  const auto line = ParseCri("2026-01-31T23:59:59.123456789Z stderr P some text ");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->stream, 1u);
  EXPECT_TRUE(line->partial);
  EXPECT_EQ(line->content, "some text ");
  EXPECT_FALSE(ParseCri("2026-01-31T23:59:59Z stdout F x")->partial);
}

TEST(Cri, KnowsStampsWithZonesEmptyContentAndFurtherTags) {
  EXPECT_EQ(ParseCri("2026-01-31T23:59:59.1+02:00 stdout F x")->content, "x");
  EXPECT_EQ(ParseCri("2026-01-31T23:59:59-11:30 stdout F x")->content, "x");
  EXPECT_EQ(ParseCri(kOut + "F ")->content, "");
  EXPECT_EQ(ParseCri(kOut + "F")->content, "");
  EXPECT_EQ(ParseCri(kOut + "P:a:b x y")->content, "x y");
  EXPECT_TRUE(ParseCri(kOut + "P:a:b x y")->partial);
  EXPECT_EQ(ParseCri(kOut + "F:a")->content, "");
}

TEST(Cri, RefusesWhatIsNotOfItsShape) {
  for (const std::string line :
       {"", "2026-01-31T23:59:59", "2026-01-31 23:59:59Z stdout F x", "1769903999: stdout F x",
        "2026-01-31T23:59:59. Z stdout F x", "2026-01-31T23:59:59.1234567890Z stdout F x",
        "2026-01-31T23:59:59.1 stdout F x", "2026-01-31T23:59:59Z stdin F x",
        "2026-01-31T23:59:59Z stdout", "2026-01-31T23:59:59Z stdout ",
        "2026-01-31T23:59:59Z stdout X x", "2026-01-31T23:59:59Z stdout Fx",
        " 2026-01-31T23:59:59Z stdout F x"}) {
    EXPECT_FALSE(ParseCri(line)) << line;
  }
}

class LineDecoderTest : public testing::Test {
 protected:
  void Decode(std::string_view line) { decoder_.Decode(line, on_line_); }

  LineDecoder decoder_;
  std::vector<std::string> lines_;
  std::function<void(std::string_view)> on_line_ = [this](std::string_view line) {
    lines_.emplace_back(line);
  };
};

TEST_F(LineDecoderTest, TheFirstLineDecides) {
  Decode("plain");
  Decode(kOut + "F text");
  EXPECT_THAT(lines_, ElementsAre("plain", kOut + "F text"));
  EXPECT_FALSE(decoder_.is_cri());
  decoder_.Restart();
  Decode(kOut + "F text");
  Decode("not of the runtime");
  EXPECT_THAT(lines_, ElementsAre("plain", kOut + "F text", "text", "not of the runtime"));
  EXPECT_TRUE(decoder_.is_cri());
}

TEST_F(LineDecoderTest, JoinsPartsForEachStream) {
  Decode(kOut + "P one ");
  Decode(kErr + "P uno ");
  Decode(kOut + "P two ");
  EXPECT_TRUE(decoder_.unfinished());
  Decode(kErr + "F due");
  Decode(kErr + "F alone");
  Decode(kOut + "F ");
  EXPECT_THAT(lines_, ElementsAre("uno due", "alone", "one two "));
  EXPECT_FALSE(decoder_.unfinished());
}

TEST_F(LineDecoderTest, JoinsAtMostSixteenKiBAndCountsTheRestAsOneCut) {
  const std::string part(10 * 1024, 'x');
  for (int i = 0; i < 1000; ++i) Decode(kOut + "P " + part);
  Decode(kOut + "F end");
  Decode(kOut + "F next");
  EXPECT_THAT(lines_, ElementsAre(std::string(LineSplitter::kMaxLine, 'x'), "next"));
  EXPECT_EQ(decoder_.cut_lines(), 1u);
}

TEST_F(LineDecoderTest, ALineThatTheSplitterCutIsCountedOnce) {
  const std::string cut =
      (kOut + "P " + std::string(20'000, 'x')).substr(0, LineSplitter::kMaxLine);
  Decode(cut);
  Decode(kOut + "F " + std::string(500, 'y'));
  Decode((kOut + "F " + std::string(20'000, 'z')).substr(0, LineSplitter::kMaxLine));
  EXPECT_EQ(lines_.size(), 2u);
  EXPECT_EQ(decoder_.cut_lines(), 2u);
}

TEST_F(LineDecoderTest, AfterAJumpTheLineUnderWayIsLeftOutInEachStream) {
  Decode(kOut + "F first");
  decoder_.Skip();
  Decode(kOut + "P the end of ");
  Decode(kErr + "F a line");
  Decode(kErr + "F seen");
  Decode(kOut + "F something");
  Decode(kOut + "F seen too");
  EXPECT_THAT(lines_, ElementsAre("first", "seen", "seen too"));
}

TEST_F(LineDecoderTest, TakesOverWhatAPredecessorBegan) {
  LineDecoder old;
  old.Decode(kErr + "P begun ", on_line_);
  Decode(kOut + "F between");
  decoder_.TakeOver(old);
  Decode(kErr + "F and ended");
  old.Finish(on_line_);
  EXPECT_THAT(lines_, ElementsAre("between", "begun and ended"));
}

TEST_F(LineDecoderTest, FinishTellsWhatNobodyEnded) {
  Decode(kOut + "P never ended");
  decoder_.Finish(on_line_);
  decoder_.Finish(on_line_);
  EXPECT_THAT(lines_, ElementsAre("never ended"));
}

TEST(LineHeads, ShowsWholeLinesAndFirstPartsOnly) {
  LineHeads cri(true);
  EXPECT_EQ(cri.Head(kOut + "P boot"), "boot");
  EXPECT_EQ(cri.Head(kErr + "F boot"), "boot");
  EXPECT_EQ(cri.Head(kOut + "P boot"), std::nullopt);
  EXPECT_EQ(cri.Head(kOut + "F boot"), std::nullopt);
  EXPECT_EQ(cri.Head(kOut + "F boot"), "boot");
  LineHeads plain(false);
  EXPECT_EQ(plain.Head(kOut + "P boot"), kOut + "P boot");
}

}  // namespace
}  // namespace vitals

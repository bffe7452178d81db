// Following files as container runtimes write them, and as the kubelet rotates them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "probes/log/tailer.h"
#include "tests/unit/probes/log/tailer_fixture.h"

namespace vitals {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

std::string Cri(std::string_view tag, std::string_view text, std::string_view stream = "stdout") {
  return "2026-01-31T23:59:59.000000001Z " + std::string(stream) + " " + std::string(tag) + " " +
         std::string(text) + "\n";
}

TEST_F(TailerTest, CriPartsAreJoinedHoweverTheyArrive) {
  Follow();
  folder_.Write("b.log", Cri("F", "one") + Cri("P", "two ") + Cri("P", "uno ", "stderr"));
  Follow();
  folder_.Write("b.log", Cri("F", "halves") + Cri("F", "due", "stderr") + Cri("F", ""));
  Follow();
  EXPECT_THAT(lines_.all, ElementsAre("one", "two halves", "uno due", ""));
}

TEST_F(TailerTest, CriPartsAreJoinedAcrossARotation) {
  Follow();
  folder_.Write("b.log", Cri("F", "one") + Cri("P", "begun "));
  Follow();
  folder_.Rename("b.log", "b.log.20260131-235959");
  folder_.Write("b.log", "");
  Follow();
  folder_.Write("b.log", Cri("F", "and ended") + Cri("F", "next"));
  Follow();
  Follow(Tailer::kGrace);
  EXPECT_THAT(lines_.all, ElementsAre("one", "begun and ended", "next"));
}

TEST_F(TailerTest, CriLookBackFindsTheBootAndNoContinuationOfALine) {
  folder_.Write("b.log", Cri("F", "x") + Cri("F", "boot 1") + Cri("P", "a client says ") +
                             Cri("F", "boot 2") + Cri("F", "y"));
  Follow();
  EXPECT_THAT(lines_.all, ElementsAre("boot 1", "a client says boot 2", "y"));
  EXPECT_EQ(lines_.old, 3u);
}

TEST_F(TailerTest, AfterAGapTheRestOfACriLineIsNoLine) {
  tailer_ = Tailer({folder_.Path("b.log")}, kLimit, 64 << 10);
  Follow();
  folder_.Write("b.log", Cri("F", "first"));
  Follow();
  std::string flood;
  for (int i = 0; i < 100; ++i) flood += Cri("P", std::string(4000, 'x') + "boot");
  folder_.Write("b.log", flood + Cri("F", "boot") + Cri("F", "last"));
  Follow();
  EXPECT_THAT(lines_.all, ElementsAre("first", "last"));
  EXPECT_EQ(tailer_.counters().gaps, 1u);
}

TEST_F(TailerTest, KubeletRotationsAreFollowedAndCompressedOnesIgnored) {
  tailer_ = Tailer({folder_.Path("*.log*")}, kLimit, kLimit);
  Follow();
  std::vector<std::string> expected;
  for (int i = 0; i < 5; ++i) {
    const std::string old = "0.log.2026013" + std::to_string(i);
    folder_.Write("0.log", Cri("F", "line " + std::to_string(i)));
    expected.push_back("line " + std::to_string(i));
    Follow(2s);
    folder_.Rename("0.log", old);
    folder_.Write("0.log", "");
    Follow(2s);
    folder_.Write(old + ".gz", "\x1F\x8B\x08 packed\n");
    folder_.Delete(old);
    Follow(2s);
  }
  EXPECT_EQ(lines_.all, expected);
  EXPECT_EQ(tailer_.trouble(), "");
}

TEST_F(TailerTest, ACompressedFileIsTroubleAndNotRead) {
  folder_.Write("b.log", "\x1F\x8B\x08 packed\n");
  Follow();
  folder_.Write("b.log", "more\n");
  Follow();
  EXPECT_TRUE(lines_.all.empty());
  EXPECT_THAT(tailer_.trouble(), HasSubstr("b.log: is compressed"));
}

TEST_F(TailerTest, JsonLinesAreTextLikeAnyOther) {
  Follow();
  const std::string json = R"({"time":1769903999,"level":"info","msg":"a \"b\" \u2028 \\n"})";
  folder_.Write("b.log", json + "\n");
  Follow();
  EXPECT_THAT(lines_.all, ElementsAre(json));
}

}  // namespace
}  // namespace vitals

#include "agent/gate/shared_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>

namespace vitals {
namespace {

using Text = SharedText<4096>;

class SharedTextTest : public testing::Test {
 protected:
  std::optional<std::string_view> Read() { return text_->Read(room_); }

  std::unique_ptr<Text> text_ = std::make_unique<Text>();
  std::array<char, Text::kMax> room_{};
};

TEST_F(SharedTextTest, GivesBackWhatWasWrittenLast) {
  EXPECT_EQ(text_->version(), 0u);
  EXPECT_EQ(Read(), "");
  for (const std::string& text : {std::string("x"), std::string(13, 'y'), std::string(4096, 'z'),
                                  std::string("12345678"), std::string()}) {
    const auto version = text_->version();
    EXPECT_TRUE(text_->Write(text));
    EXPECT_GT(text_->version(), version);
    EXPECT_EQ(Read(), text);
  }
}

TEST_F(SharedTextTest, RefusesWhatIsTooLongAndKeepsTheOld) {
  text_->Write("old");
  EXPECT_FALSE(text_->Write(std::string(4097, 'x')));
  EXPECT_EQ(Read(), "old");
}

// The writer of another process dies in the middle: nothing can be read until its successor has
// written, and then all is as before.
TEST_F(SharedTextTest, AWriterThatDiedIsSucceeded) {
  text_->Write("old");
  auto& sequence = reinterpret_cast<std::atomic<std::uint64_t>&>(*text_);
  sequence.fetch_add(1);
  EXPECT_EQ(Read(), std::nullopt);
  text_->Write("new");
  EXPECT_EQ(Read(), "new");
  EXPECT_EQ(text_->version() % 2, 0u);
}

TEST_F(SharedTextTest, NeverShowsAMixture) {
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (std::size_t i = 1; !stop; ++i) {
      text_->Write(std::string(i % Text::kMax, static_cast<char>('a' + i % 26)));
    }
  });
  int whole = 0;
  while (whole < 2'000) {
    const auto text = Read();
    if (!text || text->empty()) continue;
    ++whole;
    ASSERT_TRUE(
        std::all_of(text->begin(), text->end(), [&](char c) { return c == text->front(); }));
  }
  stop = true;
  writer.join();
}

}  // namespace
}  // namespace vitals

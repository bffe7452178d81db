#include "agent/memory_watch.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/temp_dir.h"

namespace vitals {
namespace {

class MemoryWatchTest : public testing::Test {
 protected:
  // In MiB; `own` is the anonymous memory of the process.
  void Say(const std::string& max, int current, int cache, int own) {
    const auto bytes = [](int mib) { return std::to_string(std::int64_t{mib} << 20); };
    files_.Write("memory.max", max + "\n");
    files_.Write("memory.current", bytes(current) + "\n");
    files_.Write("memory.stat", "anon 1\ninactive_file " + bytes(cache / 2) + "\nactive_file " +
                                    bytes(cache - cache / 2) + "\n");
    files_.Write("status", "Name:\tworker\nRssAnon:\t" + std::to_string(own << 10) + " kB\n");
  }

  TempDir files_;
  const MemoryWatch watch_{files_.path(), files_.path() / "status"};
  const std::string kMax = std::to_string(100 << 20);
};

TEST_F(MemoryWatchTest, FourFifthsOfTheLimit) {
  Say(kMax, 80, 0, 80);
  EXPECT_FALSE(watch_.TooMuch());
  EXPECT_TRUE(watch_.HasLimit());
  Say(kMax, 81, 0, 70);
  const auto use = watch_.TooMuch();
  ASSERT_TRUE(use);
  EXPECT_EQ(use->used, 81u << 20);
  EXPECT_EQ(use->limit, 100u << 20);
  EXPECT_EQ(use->own, 70u << 20);
}

TEST_F(MemoryWatchTest, CacheCanBeTakenBack) {
  Say(kMax, 99, 20, 79);
  EXPECT_FALSE(watch_.TooMuch());
}

TEST_F(MemoryWatchTest, WhatOthersHoldIsNoReasonToLeave) {
  Say(kMax, 99, 0, 20);
  EXPECT_FALSE(watch_.TooMuch());
}

TEST_F(MemoryWatchTest, WithoutALimitOrAGroup) {
  Say("max", 99, 0, 99);
  EXPECT_FALSE(watch_.HasLimit());
  EXPECT_FALSE(watch_.TooMuch());
  const MemoryWatch nowhere(files_.path() / "none", files_.path() / "none");
  EXPECT_FALSE(nowhere.HasLimit());
  EXPECT_FALSE(nowhere.TooMuch());
}

}  // namespace
}  // namespace vitals

#include "agent/core/listen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitals {
namespace {

using testing::HasSubstr;

TEST(Listen, ATakenPortIsNamedWithARemedy) {
  const auto first = ListenTcp(Address{"::", 0}, 1, "--probe-listen");
  ASSERT_TRUE(first);
  const auto port = BoundAddress(first->get()).port;
  const auto second = ListenTcp(Address{"::", port}, 1, "--probe-listen");
  ASSERT_FALSE(second);
  const auto text = second.error().ToString();
  EXPECT_THAT(text, HasSubstr("Address already in use"));
  EXPECT_THAT(text, HasSubstr("port " + std::to_string(port)));
  EXPECT_THAT(text, HasSubstr("--probe-listen ADDR:PORT"));
  EXPECT_FALSE(ListenTcp(Address{"127.0.0.1", port}, 1, "--web-listen"));
}

TEST(Listen, NamesAreNotResolved) {
  EXPECT_FALSE(ListenTcp(Address{"localhost", 0}, 1, "--web-listen"));
}

}  // namespace
}  // namespace vitals

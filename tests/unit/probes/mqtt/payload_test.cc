#include "probes/mqtt/payload.h"

#include <gtest/gtest.h>

namespace vitals::mqtt {
namespace {

TEST(Payload, OnlyOursIsOurs) {
  const Identity identity = MakeIdentity("host", ~0ULL);
  const std::string payload = EncodePayload(identity, ~0ULL);
  EXPECT_LE(payload.size(), kMaximumPayload);
  EXPECT_EQ(SequenceOf(identity, payload), ~0ULL);
  EXPECT_EQ(SequenceOf(identity, payload + " "), std::nullopt);
  EXPECT_EQ(SequenceOf(identity, payload.substr(1)), std::nullopt);
  EXPECT_EQ(SequenceOf(identity, ""), std::nullopt);
  EXPECT_EQ(SequenceOf(MakeIdentity("host", 1), payload), std::nullopt);
  EXPECT_EQ(SequenceOf(MakeIdentity("other", ~0ULL), payload), std::nullopt);
}

}  // namespace
}  // namespace vitals::mqtt

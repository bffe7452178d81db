// Whatever brokers and rotators do: each line is seen once, none is invented, and only what was
// truncated unread is lost. MQTT_VITALS_SEEDS=10000 tries more than the usual 300 seeds.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/property/log/log_model.h"

namespace vitals {
namespace {

unsigned Seeds() {
  const char* text = std::getenv("MQTT_VITALS_SEEDS");
  return text == nullptr ? 300 : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

void Try(LogModel::Truncation truncation) {
  for (unsigned seed = 0; seed < Seeds(); ++seed) {
    LogModel model(seed, truncation);
    model.Run(120);
    ASSERT_EQ(model.Verdict(), "") << "seed " << seed << "\n" << model.history();
  }
}

TEST(LogProperty, WithoutTruncationEachLineIsSeenOnce) { Try(LogModel::Truncation::kNever); }

TEST(LogProperty, WithTruncationOnlyUnreadLinesAreLost) { Try(LogModel::Truncation::kSometimes); }

}  // namespace
}  // namespace vitals

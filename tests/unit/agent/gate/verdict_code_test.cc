#include "agent/gate/verdict_code.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/agent/gate/encoded.h"
#include "tests/unit/agent/gate/sample_snapshot.h"

namespace vitals {
namespace {

void ExpectSame(const VerdictView& view, const Verdict& verdict) {
  EXPECT_EQ(view.ok, verdict.ok);
  EXPECT_EQ(view.reason, verdict.reason);
  EXPECT_EQ(view.message, verdict.message);
  EXPECT_FALSE(view.cut);
  ASSERT_EQ(view.count, verdict.checks.size());
  for (std::size_t i = 0; i < view.count; ++i) {
    EXPECT_EQ(view.list[i].name, verdict.checks[i].name);
    EXPECT_EQ(view.list[i].ok, verdict.checks[i].ok);
    EXPECT_EQ(view.list[i].reason, verdict.checks[i].reason);
    EXPECT_EQ(view.list[i].evidence_at, verdict.checks[i].evidence_at);
    EXPECT_EQ(view.list[i].message, verdict.checks[i].ok ? "" : verdict.checks[i].message);
  }
}

TEST(VerdictCode, ComesBackAsItWas) {
  const Snapshot snapshot = SampleSnapshot();
  const Encoded encoded(snapshot);
  ASSERT_TRUE(encoded.good());
  ExpectSame(encoded.views().startup, snapshot.startup);
  ExpectSame(encoded.views().readiness, snapshot.readiness);
  ExpectSame(encoded.views().liveness, snapshot.liveness);
}

TEST(VerdictCode, CarriesItsStamp) {
  const std::string bytes = EncodeVerdicts(SampleSnapshot(), {.generation = 7, .settled = true});
  VerdictStamp stamp;
  VerdictViews views;
  ASSERT_TRUE(DecodeVerdicts(bytes, &stamp, &views));
  EXPECT_EQ(stamp.generation, 7u);
  EXPECT_TRUE(stamp.settled);
}

TEST(VerdictCode, TooManyChecksKeepTheFailingOnes) {
  Snapshot snapshot = SampleSnapshot();
  snapshot.readiness.checks.clear();
  for (int i = 0; i < 300; ++i) {
    snapshot.readiness.checks.push_back(
        {"check-" + std::to_string(i), i % 10 != 0, Reason::kFault, std::string(900, 'm'), {}});
  }
  const Encoded encoded(snapshot);
  ASSERT_TRUE(encoded.good());
  const VerdictView& readiness = encoded.views().readiness;
  EXPECT_TRUE(readiness.cut);
  EXPECT_EQ(readiness.count, 30u);
  for (const CheckView& check : readiness.checks()) EXPECT_FALSE(check.ok);
}

TEST(VerdictCode, StaysWithinItsBound) {
  Snapshot snapshot = SampleSnapshot();
  for (Verdict* verdict : {&snapshot.startup, &snapshot.readiness, &snapshot.liveness}) {
    verdict->message.assign(100'000, 'x');
    verdict->checks.assign(
        1'000, {std::string(5'000, 'n'), false, Reason::kFault, std::string(5'000, 'm'), {}});
  }
  EXPECT_LE(EncodeVerdicts(snapshot, {}).size(), kVerdictCodeMax);
  EXPECT_TRUE(Encoded(snapshot).good());
}

// The worker may have died over it, or written wildly: bytes that were cut or changed are refused
// or read within their bounds (the sanitizers watch).
TEST(VerdictCode, BelievesNoBytes) {
  const std::string good = EncodeVerdicts(SampleSnapshot(), {});
  VerdictStamp stamp;
  const auto views = std::make_unique<VerdictViews>();
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(DecodeVerdicts(good.substr(0, size), &stamp, views.get())) << size;
  }
  EXPECT_FALSE(DecodeVerdicts(good + "x", &stamp, views.get()));
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    std::string bad = good;
    for (int n = 0; n < 3; ++n) bad[random() % bad.size()] = static_cast<char>(random());
    if (!DecodeVerdicts(bad, &stamp, views.get())) continue;
    for (const VerdictView* verdict : {&views->startup, &views->readiness, &views->liveness}) {
      for (const CheckView& check : verdict->checks()) {
        ASSERT_LE(check.name.data() + check.name.size(), bad.data() + bad.size());
        ASSERT_LT(static_cast<std::size_t>(check.reason), kReasonCount);
      }
    }
  }
}

}  // namespace
}  // namespace vitals

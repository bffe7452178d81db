#include "agent/termination_message.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "agent/core/settings.h"
#include "tests/support/temp_dir.h"

namespace vitals {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Snapshot Working() {
  Snapshot snapshot;
  snapshot.startup.ok = snapshot.liveness.ok = true;
  return snapshot;
}

Snapshot Failing(Reason reason = Reason::kHung) {
  Snapshot snapshot = Working();
  auto failure = std::make_shared<FailureEvidence>();
  failure->reason = reason;
  snapshot.failure = std::move(failure);
  snapshot.liveness.ok = false;
  snapshot.outlook.would_fail = true;
  return snapshot;
}

class TerminationMessageTest : public testing::Test {
 protected:
  std::string Text() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Write(const std::string& text) const { std::ofstream(path_) << text; }

  TempDir dir_;
  const std::string path_ = dir_.path() / "message";
  TerminationMessage message_{path_};
};

TEST_F(TerminationMessageTest, AnotherLifesTextGoesOnceTheBrokerWorks) {
  Write("liveness failed, in the life before");
  Snapshot booting = Working();
  booting.startup.ok = false;
  EXPECT_FALSE(message_.Publish(booting));
  EXPECT_TRUE(message_.Publish(Working()));
  ASSERT_TRUE(message_.Flush());
  EXPECT_THAT(Text(), IsEmpty());
  EXPECT_FALSE(message_.Publish(Working())) << "nothing new";
}

TEST_F(TerminationMessageTest, SaysWhyUntilTheBrokerHasStartedAgain) {
  const Snapshot hung = Failing();
  EXPECT_TRUE(message_.Publish(hung));
  EXPECT_FALSE(message_.Publish(hung)) << "the same failure";
  ASSERT_TRUE(message_.Flush());
  EXPECT_THAT(Text(), HasSubstr("liveness failed (hung"));
  Snapshot killed = Working();
  killed.startup.ok = false;
  EXPECT_FALSE(message_.Publish(killed)) << "the kubelet has not read it yet";
  EXPECT_THAT(Text(), HasSubstr("liveness failed (hung"));
  EXPECT_TRUE(message_.Publish(Working()));
  ASSERT_TRUE(message_.Flush());
  EXPECT_THAT(Text(), IsEmpty());
}

TEST_F(TerminationMessageTest, ALaterFailureReplacesALongerText) {
  message_.Publish(Failing(Reason::kSupportsRestart));
  ASSERT_TRUE(message_.Flush());
  message_.Publish(Failing(Reason::kHung));
  ASSERT_TRUE(message_.Flush());
  EXPECT_THAT(Text(), HasSubstr("liveness failed (hung"));
  EXPECT_THAT(Text(), Not(HasSubstr("supports_restart")));
}

// A worker that goes on where another one stopped has not seen what decided.
TEST_F(TerminationMessageTest, AResumedFailureKeepsTheTextOfTheWorkerBefore) {
  Write("liveness failed");
  Snapshot resumed = Failing();
  resumed.failure = nullptr;
  EXPECT_FALSE(message_.Publish(resumed));
  ASSERT_TRUE(message_.Flush());
  EXPECT_EQ(Text(), "liveness failed");
}

TEST_F(TerminationMessageTest, TheBrokersContainerMayReadIt) {
  message_.Publish(Failing());
  ASSERT_TRUE(message_.Flush());
  const auto rights = std::filesystem::status(path_).permissions();
  EXPECT_EQ(rights & std::filesystem::perms::group_read, std::filesystem::perms::group_read);
}

TEST_F(TerminationMessageTest, APipeDoesNotHoldItUpAndIsAnError) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  message_.Publish(Failing());
  const auto flushed = message_.Flush();
  ASSERT_FALSE(flushed);
  EXPECT_THAT(flushed.error().ToString(), HasSubstr(path_));
}

TEST_F(TerminationMessageTest, AFolderIsAnErrorWithPlaceAndRemedy) {
  TerminationMessage message(dir_.path());
  message.Publish(Failing());
  const auto flushed = message.Flush();
  ASSERT_FALSE(flushed);
  EXPECT_THAT(flushed.error().ToString(), HasSubstr("output.termination_message"));
}

TEST_F(TerminationMessageTest, WithoutAPathNothingIsSaid) {
  TerminationMessage none("");
  EXPECT_FALSE(none.Publish(Failing()));
}

}  // namespace
}  // namespace vitals

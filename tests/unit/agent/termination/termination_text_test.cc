#include "agent/termination_text.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace vitals {
namespace {

using std::chrono_literals::operator""s;
using testing::EndsWith;
using testing::HasSubstr;

FailureEvidence Hung() {
  FailureEvidence evidence;
  evidence.reason = Reason::kHung;
  evidence.message = "the broker has taken no byte for 60 s on any of 1 endpoint(s)";
  evidence.read_silence = evidence.answer_silence = evidence.window = 60s;
  evidence.budget_left = 2;
  PathEvidence path;
  path.endpoint = "mqtt-127.0.0.1-1883";
  path.reacted = true;
  path.answered = 61s;
  path.connecting = Failure{Stage::kConnack, FailReason::kUnread, Fault::kBroker, {}};
  path.standing = WaitingConnection{3600s, FarEnd::kUnread, 31};
  path.pending = {{60s, FarEnd::kUnaccepted, 20}, {55s, FarEnd::kSynUnanswered, 0}};
  path.others = OthersSeen{2s, true, 12, {}, 70s};
  evidence.paths = {path};
  return evidence;
}

TEST(TerminationText, SaysWhyAndWhatWasSeen) {
  EXPECT_EQ(
      TerminationText(Hung(), WallTime{}),
      "1970-01-01T00:00:00.000Z mqtt-vitals: liveness failed (hung: the broker has taken no byte "
      "for 60 s on any of 1 endpoint(s))\n"
      "read clock 60.0 s, answer clock 60.0 s, window 60.0 s, kill budget left 2\n"
      "mqtt-127.0.0.1-1883: last byte 61.0 s ago; standing unread 31 B, open 3600.0 s; pending "
      "unaccepted 20 B, open 60.0 s; pending syn_unanswered 0 B, open 55.0 s; connect failed: "
      "connack unread; other clients 12, last read never, last answered 70.0 s ago\n");
}

TEST(TerminationText, SaysWhatKeepsLivenessPassing) {
  FailureEvidence evidence = Hung();
  evidence.outcome = FailureOutcome::kHeld;
  evidence.hold = "a person (uid 0): heap dump";
  evidence.fault = "memory";
  EXPECT_THAT(TerminationText(evidence, {}),
              AllOf(HasSubstr("would have failed without a hold (hung"),
                    HasSubstr("\nheld by a person (uid 0): heap dump\n"),
                    HasSubstr("\nthe log reports memory\n")));
  evidence.outcome = FailureOutcome::kObserved;
  EXPECT_THAT(TerminationText(evidence, {}), HasSubstr("would have failed in mode enforce"));
  evidence.outcome = FailureOutcome::kBudgetExhausted;
  EXPECT_THAT(TerminationText(evidence, {}), HasSubstr("would have failed with a kill budget"));
}

TEST(TerminationText, ManyEndpointsAreCutAtAWholeLineAndCounted) {
  for (std::size_t count = 1; count < 80; ++count) {
    FailureEvidence evidence = Hung();
    evidence.paths.assign(count, evidence.paths.front());
    const std::string text = TerminationText(evidence, {});
    ASSERT_LE(text.size(), kTerminationTextMax) << count;
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) - 2;
    if (text.find("more endpoint") == std::string::npos) {
      EXPECT_EQ(lines, count);
      continue;
    }
    EXPECT_THAT(text,
                EndsWith("and " + std::to_string(count - (lines - 1)) + " more endpoint(s)\n"));
    EXPECT_GE(text.size(), kTerminationTextMax - 400) << "no more is left out than must be";
  }
}

TEST(TerminationText, TextFromOutsideBreaksNoLineAndStaysShort) {
  FailureEvidence evidence = Hung();
  evidence.outcome = FailureOutcome::kHeld;
  evidence.hold = "a person (x): one\ntwo\x1b[31m\t\xc3\xa4" + std::string(10'000, 'x');
  const std::string text = TerminationText(evidence, {});
  EXPECT_LE(text.size(), kTerminationTextMax);
  EXPECT_THAT(text, HasSubstr("\nheld by a person (x): one?two?[31m???xxx"));
  EXPECT_THAT(text, HasSubstr("mqtt-127.0.0.1-1883: last byte")) << "there is room for the rest";
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
}

}  // namespace
}  // namespace vitals

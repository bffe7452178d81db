#include "agent/gate/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/agent/gate/encoded.h"
#include "tests/unit/agent/gate/sample_snapshot.h"

namespace vitals {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

struct Said {
  int status;
  std::string body;
  bool operator==(const Said&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Said& said) {
  return out << said.status << "\n" << said.body;
}

Said Ask(const Snapshot& snapshot, const std::string& target) {
  const std::string line = "GET " + target + " HTTP/1.1\r\n";
  const auto parsed = ParseRequestLine(line);
  EXPECT_EQ(parsed.state, ParseState::kDone) << target;
  const Encoded encoded(snapshot);
  EXPECT_TRUE(encoded.good());
  const auto answer = AnswerProbe(parsed.request, encoded.standing(), snapshot.at);
  return {answer.status, std::string(answer.body.view())};
}

TEST(Answer, Table) {
  const Snapshot s = SampleSnapshot();
  const std::string started = "[+]started ok (age 90.0s)\n";
  const std::string accepting =
      "[-]accepting/mqtt-127.0.0.1-1883 failed: not_accepting connack: server_unavailable, 2 of "
      "the last 6 (age 2.1s)\n";
  const std::string delivering = "[+]delivering/mqtt-127.0.0.1-1883 ok (age 0.4s)\n";
  const struct {
    std::string target;
    Said said;
  } rows[] = {
      {"/startupz", {200, "ok"}},
      {"/startupz?verbose", {200, started + "startupz check passed\n"}},
      {"/livez", {200, "ok"}},
      {"/livez?verbose",
       {200,
        "[+]alive ok (age 0.4s)\n[+]held ok (age 0.4s)\n[+]budget ok (age 0.4s)\n"
        "livez check passed\n"}},
      {"/readyz", {503, started + accepting + delivering + "readyz check failed\n"}},
      {"/readyz?verbose=1", {503, started + accepting + delivering + "readyz check failed\n"}},
      {"/readyz/", {503, started + accepting + delivering + "readyz check failed\n"}},
      {"/readyz?exclude=accepting/mqtt-127.0.0.1-1883", {200, "ok"}},
      {"/readyz?exclude=started&exclude=accepting%2Fmqtt-127.0.0.1-1883&verbose",
       {200, "[+]started excluded: ok\n[+]accepting/mqtt-127.0.0.1-1883 excluded: ok\n" +
                 delivering + "readyz check passed\n"}},
      {"/readyz?exclude=started",
       {503, "[+]started excluded: ok\n" + accepting + delivering + "readyz check failed\n"}},
      {"/readyz?exclude=typo",
       {503, started + accepting + delivering +
                 "warn: no check to exclude named typo\n"
                 "readyz check failed\n"}},
      {"/readyz/started", {200, "ok"}},
      {"/readyz/started?verbose", {200, started + "readyz check passed\n"}},
      {"/readyz/accepting/mqtt-127.0.0.1-1883", {503, accepting + "readyz check failed\n"}},
      {"/readyz/accepting%2Fmqtt-127.0.0.1-1883", {503, accepting + "readyz check failed\n"}},
      {"/readyz/nothing",
       {404,
        "no such check; known checks:\nstarted\naccepting/mqtt-127.0.0.1-1883\n"
        "delivering/mqtt-127.0.0.1-1883\n"}},
      {"/", {404, "not found; known paths:\n/startupz\n/readyz\n/livez\n"}},
      {"/readyzz", {404, "not found; known paths:\n/startupz\n/readyz\n/livez\n"}},
      {"/metrics", {404, "not found; known paths:\n/startupz\n/readyz\n/livez\n"}},
  };
  for (const auto& row : rows) EXPECT_EQ(Ask(s, row.target), row.said) << row.target;
}

TEST(Answer, TheAgeOfATimeThatIsNone) {
  Snapshot s = SampleSnapshot();
  s.startup.checks.front().evidence_at = Time::min();
  EXPECT_EQ(Ask(s, "/startupz?verbose"),
            (Said{200, "[+]started ok (age 9223375636.9s)\nstartupz check passed\n"}));
}

TEST(Answer, AVerdictWithoutChecks) {
  Snapshot s;
  s.liveness.ok = true;
  s.readiness.message = "nothing has been seen yet";
  EXPECT_EQ(Ask(s, "/livez"), (Said{200, "ok"}));
  EXPECT_EQ(Ask(s, "/livez?verbose"), (Said{200, "livez check passed\n"}));
  EXPECT_EQ(Ask(s, "/readyz"), (Said{503,
                                     "[-]readiness failed: no_evidence nothing has been seen yet\n"
                                     "readyz check failed\n"}));
  EXPECT_EQ(Ask(s, "/startupz/started").status, 404);
}

// Leaving out a check that passes must not turn a failure into a pass.
TEST(Answer, FailureWithoutAFailingCheckStaysAFailure) {
  Snapshot s = SampleSnapshot();
  s.readiness.checks[1].ok = true;
  const auto said = Ask(s, "/readyz?exclude=started");
  EXPECT_EQ(said.status, 503);
  EXPECT_THAT(said.body, HasSubstr("[-]readiness failed: not_accepting mqtt-127.0.0.1-1883"));
}

TEST(Answer, TextFromOutsideStaysOnItsLine) {
  Snapshot s = SampleSnapshot();
  s.readiness.checks[1].message = "bad\r\n[+]forged ok\x01";
  const auto said = Ask(s, "/readyz");
  EXPECT_THAT(said.body, HasSubstr("not_accepting bad  [+]forged ok  (age 2.1s)\n"));
  EXPECT_THAT(said.body, Not(HasSubstr("\r")));
}

TEST(Answer, BodyIsBoundedAndKeepsWhatFails) {
  Snapshot s = SampleSnapshot();
  for (int i = 0; i < 400; ++i) {
    s.readiness.checks.push_back({"accepting/endpoint-" + std::to_string(i), i != 399,
                                  Reason::kNotAccepting, std::string(2'000, 'x'), s.at});
  }
  const auto said = Ask(s, "/readyz?verbose&exclude=" + std::string(300, 'y'));
  EXPECT_EQ(said.status, 503);
  EXPECT_LE(said.body.size(), kProbeBodyMax);
  EXPECT_THAT(said.body, HasSubstr("[-]accepting/endpoint-399 failed: not_accepting xxx"));
  EXPECT_THAT(said.body, HasSubstr("more checks than fit"));
  EXPECT_THAT(said.body, EndsWith("readyz check failed\n"));

  for (Check& check : s.readiness.checks) check.ok = false;
  const auto all = Ask(s, "/readyz?verbose");
  EXPECT_LE(all.body.size(), kProbeBodyMax);
  EXPECT_THAT(all.body, EndsWith("readyz check failed\n"));
  EXPECT_LE(Ask(s, "/readyz/unknown").body.size(), kProbeBodyMax);
}

TEST(Answer, EveryLengthOfMessageEndsWithItsLastLine) {
  for (std::size_t length = 0; length < 600; length += 7) {
    Snapshot s = SampleSnapshot();
    for (int i = 0; i < 40; ++i) {
      s.readiness.checks.push_back(
          {"n" + std::to_string(i), false, Reason::kFault, std::string(length, 'm'), s.at});
    }
    const auto said = Ask(s, "/readyz?exclude=u&exclude=v&exclude=w");
    ASSERT_LE(said.body.size(), kProbeBodyMax);
    ASSERT_THAT(said.body, EndsWith("\nreadyz check failed\n")) << length;
  }
}

TEST(Answer, AgeIsNeverNegative) {
  Snapshot s = SampleSnapshot();
  s.startup.checks[0].evidence_at = s.at + std::chrono::seconds(5);
  EXPECT_THAT(Ask(s, "/startupz?verbose").body, HasSubstr("[+]started ok (age 0.0s)"));
  s.startup.checks[0].evidence_at = {};
  EXPECT_THAT(Ask(s, "/startupz?verbose").body, HasSubstr("[+]started ok\n"));
}

}  // namespace
}  // namespace vitals

#include "agent/http/status_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/http/html.h"
#include "tests/unit/agent/http/sample_past.h"

namespace vitals {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string Page(const Snapshot& snapshot, const Past& past = SamplePast()) {
  return AnswerWeb("/", SampleSources(std::make_shared<const Snapshot>(snapshot), past)).body;
}

TEST(StatusPage, SaysWhatIsWrongSinceWhenAndWhy) {
  const auto page = Page(SampleSnapshot());
  EXPECT_THAT(page, AllOf(HasSubstr("<title>Not ready for clients"),
                          HasSubstr("mqtt-127.0.0.1-1883 refuses new clients"),
                          HasSubstr("for 3.0 s, since 07:59:57 UTC"),
                          HasSubstr("<code>not_accepting</code>"),
                          HasSubstr("<code>accepting/mqtt-127.0.0.1-1883</code> passes")));
}

TEST(StatusPage, ShowsThePast) {
  EXPECT_THAT(Page(SampleSnapshot()),
              AllOf(HasSubstr("median 0.26 ms, p99 12 ms"), HasSubstr("readiness: pass → fail"),
                    HasSubstr("log: save started"), HasSubstr("× 2"),
                    HasSubstr("failed at connack: server_unavailable"), HasSubstr("tcp 80 µs")));
}

TEST(StatusPage, ShowsTheCertificateOfAListener) {
  Snapshot snapshot = SampleSnapshot();
  const Past past = SamplePast();
  snapshot.listeners = {{past.connects.front().endpoint,
                         true,
                         true,
                         {},
                         {},
                         ServedCertificate{snapshot.wall - seconds(1), false, false}}};
  EXPECT_THAT(
      Page(snapshot, past),
      HasSubstr("Certificate until 2027-01-15, expired, of an unknown authority, without the "
                "expected name"));
}

TEST(StatusPage, LinksEveryOtherRoute) {
  const auto page = Page(SampleSnapshot());
  for (const WebRoute& route : WebRoutes()) {
    if (route.path == "/") continue;
    EXPECT_THAT(page, HasSubstr("<a href=\"" + std::string(route.path) + "\">"));
  }
}

TEST(StatusPage, RefreshesItselfOnlyWhereAskedTo) {
  const auto sources = SampleSources(std::make_shared<const Snapshot>(SampleSnapshot()));
  EXPECT_THAT(AnswerWeb("/", sources).body, Not(HasSubstr("http-equiv")));
  EXPECT_THAT(AnswerWeb("/watch", sources).body,
              HasSubstr("<meta http-equiv=\"refresh\" content=\"5\">"));
}

TEST(StatusPage, WithoutAJudgementSaysSo) {
  EXPECT_THAT(AnswerWeb("/", SampleSources(nullptr)).body,
              AllOf(HasSubstr("Nothing is known yet"), Not(HasSubstr("id=\"verdicts\""))));
}

TEST(StatusPage, TellsTheTimeThatIsLeft) {
  Snapshot s = SampleSnapshot();
  s.outlook.fails_in = seconds(41);
  s.liveness.reason = Reason::kHung;
  EXPECT_THAT(Page(s), AllOf(HasSubstr("The broker does not react"),
                             HasSubstr("Liveness fails in <strong>41 s</strong> unless the "
                                       "broker answers")));
  s.liveness.reason = Reason::kHeld;
  EXPECT_THAT(Page(s), HasSubstr("Liveness is held, and fails in <strong>41 s</strong>"));
  s.outlook.fails_in.reset();
  s.outlook.would_fail = true;
  s.liveness.reason = Reason::kObserveMode;
  EXPECT_THAT(Page(s), HasSubstr("the mode is <code>observe</code>"));
  s.liveness.reason = Reason::kBudgetExhausted;
  EXPECT_THAT(Page(s), HasSubstr("the kill budget is spent"));
  s.liveness.ok = false;
  EXPECT_THAT(Page(s), HasSubstr("The broker is to be restarted"));
}

TEST(StatusPage, WarnsOfAJudgeThatStandsStill) {
  Snapshot s = SampleSnapshot();
  EXPECT_THAT(Page(s), Not(HasSubstr("stands still")));
  s.at -= seconds(30);
  EXPECT_THAT(Page(s), HasSubstr("30 s old, the agent's judge stands still"));
}

TEST(StatusPage, EscapesWhatABrokerMayHaveWritten) {
  const std::string evil = "<script>alert('x')</script> & \"quotes\" \x01\xff";
  Snapshot s = SampleSnapshot();
  s.profile = s.startup.message = s.readiness.message = s.liveness.message = evil;
  for (Check& check : s.readiness.checks) check.name = check.message = evil;
  for (Condition& condition : s.conditions) condition.subject = condition.message = evil;
  Past past = SamplePast();
  past.round_trips[0].endpoint = past.connects[0].endpoint = evil;
  past.connects[0].failure->detail = evil;
  past.agent.log.trouble = evil;
  for (PastEvent& event : past.events) {
    event.name = event.subject = event.was = event.is = event.reason = event.message = evil;
    event.context = evil;
  }
  const auto page = Page(s, past);
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; "
                              "&quot;quotes&quot; \xef\xbf\xbd\xef\xbf\xbd"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("\"quotes\"")));
  EXPECT_EQ(page.find_first_of("\x01\xff"), std::string::npos);
}

TEST(Html, EscapedKeepsGoodUtf8Only) {
  EXPECT_EQ(Escaped("ä€😀\n"), "ä€😀\n");
  EXPECT_EQ(Escaped("\xc0\x80"), "\xef\xbf\xbd\xef\xbf\xbd");              // overlong
  EXPECT_EQ(Escaped("a\xe2\x82"), "a\xef\xbf\xbd\xef\xbf\xbd");            // cut off
  EXPECT_EQ(Escaped("\xed\xa0\x80").find("\xed"), std::string::npos);      // surrogate
  EXPECT_EQ(Escaped("\xf4\x90\x80\x80").find("\xf4"), std::string::npos);  // beyond U+10FFFF
}

TEST(Html, DurationsAsPeopleReadThem) {
  EXPECT_EQ(AgeWords(milliseconds(430)), "0.4 s");
  EXPECT_EQ(AgeWords(-milliseconds(430)), "0.0 s");
  EXPECT_EQ(AgeWords(seconds(41)), "41 s");
  EXPECT_EQ(AgeWords(seconds(720)), "12 min");
  EXPECT_EQ(AgeWords(seconds(11'100)), "3 h 5 min");
  EXPECT_EQ(AgeWords(seconds(187'200)), "2 d 4 h");
  EXPECT_EQ(LatencyWords(std::chrono::microseconds(85)), "85 µs");
  EXPECT_EQ(LatencyWords(std::chrono::microseconds(310)), "0.31 ms");
  EXPECT_EQ(LatencyWords(milliseconds(120)), "120 ms");
  EXPECT_EQ(LatencyWords(milliseconds(1'200)), "1.2 s");
}

}  // namespace
}  // namespace vitals

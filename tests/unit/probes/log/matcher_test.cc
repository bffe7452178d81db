#include "probes/log/matcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <random>

#include "probes/log/detect.h"

namespace {
std::size_t allocations = 0;
}  // namespace

// Counts what the matcher allocates; sanitizers keep their own allocator.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
#endif

namespace vitals {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

Rule MakeRule(std::string id, std::string match) {
  Rule rule;
  rule.id = rule.event = std::move(id);
  rule.match = std::move(match);
  rule.place = "test.yaml:" + rule.id;
  return rule;
}

std::shared_ptr<Profile> MakeProfile(std::vector<Rule> rules) {
  auto profile = std::make_shared<Profile>();
  profile->name = "test";
  profile->rules = std::move(rules);
  return profile;
}

std::vector<std::string> Fired(Matcher& matcher, std::string_view line) {
  std::vector<std::string> ids;
  for (const Matcher::Hit& hit : matcher.Match(line)) ids.push_back(hit.rule->id);
  return ids;
}

TEST(Matcher, FiresEveryRuleThatMatchesWithItsCaptures) {
  auto matcher = Matcher::Compile(MakeProfile(
      {MakeRule(
           "opened",
           R"(^Started (?P<name>.+) on address (?P<address>\S+) and on port (?P<port>\d+)\.?$)"),
       MakeRule("any_start", "^Started "), MakeRule("stop", "^Stopp(?:ed|ing)")}));
  ASSERT_TRUE(matcher);
  EXPECT_THAT(Fired(*matcher, "Started TCP Listener on address ::1 and on port 1883."),
              ElementsAre("opened", "any_start"));
  EXPECT_THAT(
      matcher->Match("Started TCP Listener on address ::1 and on port 1883.")[0].captures,
      ElementsAre(Pair("address", "::1"), Pair("name", "TCP Listener"), Pair("port", "1883")));
  EXPECT_THAT(Fired(*matcher, "Stopping"), ElementsAre("stop"));
  EXPECT_THAT(Fired(*matcher, "Client Started x"), IsEmpty());
  EXPECT_THAT(Fired(*matcher, ""), IsEmpty());
}

TEST(Matcher, CapturesThatTookNoPartAreLeftOut) {
  auto matcher = Matcher::Compile(MakeProfile({MakeRule("r", "^open (?:(?P<a>x)|(?P<b>y))")}));
  EXPECT_THAT(matcher->Match("open y")[0].captures, ElementsAre(Pair("b", "y")));
}

TEST(Matcher, TriesRulesWithoutALiteralOnEveryLine) {
  auto matcher = Matcher::Compile(
      MakeProfile({MakeRule("digits", R"(^\d+$)"), MakeRule("word", "^fixed text")}));
  EXPECT_THAT(matcher->rules_without_literal(), ElementsAre("digits"));
  EXPECT_THAT(Fired(*matcher, "123"), ElementsAre("digits"));
  EXPECT_THAT(Fired(*matcher, "fixed text"), ElementsAre("word"));
}

TEST(Matcher, TakesBytesForWhatTheyAre) {
  auto matcher = Matcher::Compile(MakeProfile({MakeRule("r", "^name \xFC.$")}));
  EXPECT_THAT(Fired(*matcher, "name \xFC\xFF"), ElementsAre("r"));
}

TEST(Matcher, NamesEveryBadRuleAtOnce) {
  Rule listener = MakeRule("listener", "^open");
  listener.listener = ListenerLine::kOpened;
  const auto matcher = Matcher::Compile(MakeProfile(
      {MakeRule("one", "^("), MakeRule("good", "^x"), MakeRule("two", "(?=x)"), listener}));
  ASSERT_FALSE(matcher);
  ASSERT_EQ(matcher.error().size(), 3u);
  EXPECT_THAT(matcher.error()[0].ToString(), HasSubstr("test.yaml:one: rule 'one': missing )"));
  EXPECT_THAT(matcher.error()[1].remedy, HasSubstr("look-around"));
  EXPECT_THAT(matcher.error()[2].remedy, HasSubstr("(?P<port>"));
}

TEST(Matcher, ALineThatDoesNotMatchCostsNoAllocation) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "allocations are not counted under a sanitizer";
#endif
  auto matcher = Matcher::Compile(MakeProfile(
      {MakeRule("a", "^alpha .* one$"), MakeRule("b", "^beta"), MakeRule("c", "^\\d+$")}));
  const std::string line(200, 'z');
  EXPECT_THAT(Fired(*matcher, line), IsEmpty());  // scratch space is made now
  const std::size_t before = allocations;
  for (int i = 0; i < 1000; ++i) matcher->Match(line);
  EXPECT_EQ(allocations, before);
}

// The prefilter changes nothing: the same rules fire as when each is tried on each line.
TEST(Matcher, AgreesWithTryingEachRule) {
  std::mt19937 random(20261124);
  const auto word = [&] {
    static const char* const kWords[] = {"save", "Saving", "open", "port", "x", "12", "error"};
    return std::string(kWords[random() % std::size(kWords)]);
  };
  for (int trial = 0; trial < 100; ++trial) {
    std::vector<Rule> rules;
    std::vector<Matcher> single;
    for (int i = 0; i < 12; ++i) {
      std::string expression = random() % 2 == 0 ? "^" : "";
      for (std::size_t w = 1 + random() % 3; w > 0; --w) {
        expression += word() + (random() % 3 == 0 ? ".*" : " ");
      }
      if (random() % 4 == 0) expression = "(?i)" + expression;
      rules.push_back(MakeRule("r" + std::to_string(i), expression));
      single.push_back(std::move(*Matcher::Compile(MakeProfile({rules.back()}))));
    }
    auto matcher = Matcher::Compile(MakeProfile(rules));
    for (int l = 0; l < 50; ++l) {
      std::string line;
      for (std::size_t w = random() % 6; w > 0; --w) line += word() + " ";
      std::vector<std::string> expected;
      for (Matcher& one : single) {
        for (const auto& id : Fired(one, line)) expected.push_back(id);
      }
      ASSERT_EQ(Fired(*matcher, line), expected) << line;
    }
  }
}

TEST(Detector, ChoosesTheProfileThatMatchesMostLinesOrNone) {
  auto a = MakeProfile({});
  a->detect = {"^a", "^both"};
  auto b = MakeProfile({});
  b->detect = {"^b1", "^both", "("};
  const Detector detector({a, b});
  const auto chosen = detector.Choose("both\na\n\nb1\na\nother\n");
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->profile, a);
  EXPECT_DOUBLE_EQ(chosen->confidence, 0.6);
  EXPECT_FALSE(detector.Choose("both\n"));
  EXPECT_FALSE(detector.Choose("other\n"));
  EXPECT_FALSE(detector.Choose("a without an end"));
  EXPECT_FALSE(detector.Choose(""));
}

}  // namespace
}  // namespace vitals

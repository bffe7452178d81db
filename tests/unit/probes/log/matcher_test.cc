#include "probes/log/matcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <random>

#include "probes/log/detect.h"
#include "tests/support/alone.h"

// Counts what the matcher allocates; sanitizers keep their own allocator.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
namespace {
std::size_t allocations = 0;
}  // namespace

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

using Captures = std::vector<std::pair<std::string, std::string>>;

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
  Rule metric = MakeRule("metric", "^(?P<other>x)");
  metric.metric = "percent";
  const auto matcher = Matcher::Compile(MakeProfile(
      {MakeRule("one", "^("), MakeRule("good", "^x"), MakeRule("two", "(?=x)"), listener, metric}));
  ASSERT_FALSE(matcher);
  ASSERT_EQ(matcher.error().size(), 4u);
  EXPECT_THAT(matcher.error()[0].ToString(), HasSubstr("test.yaml:one: rule 'one': missing )"));
  EXPECT_THAT(matcher.error()[1].remedy, HasSubstr("look-around"));
  EXPECT_THAT(matcher.error()[2].remedy, HasSubstr("(?P<port>"));
  EXPECT_THAT(matcher.error()[3].remedy, HasSubstr("(?P<percent>"));
}

// Sanitizers bring an allocator of their own, which nobody counts here.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(Matcher, ALineThatDoesNotMatchCostsNoAllocation) {
  auto matcher = Matcher::Compile(MakeProfile(
      {MakeRule("a", "^alpha .* one$"), MakeRule("b", "^beta"), MakeRule("c", "^\\d+$")}));
  const std::string line(200, 'z');
  EXPECT_THAT(Fired(*matcher, line), IsEmpty());  // scratch space is made now
  const std::size_t before = allocations;
  for (int i = 0; i < 1000; ++i) matcher->Match(line);
  EXPECT_EQ(allocations, before);
}
#endif

// The two tests before the expressions change nothing: the same rules fire with the same captures
// as when RE2 tries each rule on each line.
class RandomRules {
 public:
  explicit RandomRules(unsigned seed) : random_(seed) {}

  std::string Expression() {
    groups_ = 0;
    std::string expression = Chance(2) ? "^" : "";
    if (Chance(4)) expression += Chance(3) ? Group(R"(\d+)") + ": " : R"((?:\d+: )?)";
    for (std::size_t i = 1 + Below(3); i > 0; --i) expression += Piece();
    if (Chance(5)) expression += "$";
    if (Chance(10)) expression += "|" + Quoted();
    return Chance(4) ? "(?i)" + expression : expression;
  }
  std::string Line() {
    std::string line = Chance(3) ? "12: " : "";
    for (std::size_t i = Below(7); i > 0; --i) line += Word() + (Chance(4) ? "" : " ");
    if (Chance(6)) line += '\xFC';
    return line;
  }
  std::size_t Below(std::size_t limit) { return random_() % limit; }

 private:
  bool Chance(std::size_t one_in) { return Below(one_in) == 0; }
  std::string Word() {
    static const char* const kWords[] = {"save",  "Saving", "open", "port", "x",    "12",
                                         "error", "opened", "ope",  "SAVE", "list", "a[b]"};
    return kWords[Below(std::size(kWords))];
  }
  std::string Quoted() { return RE2::QuoteMeta(Word()); }
  std::string Group(const std::string& inside) {
    return "(?P<g" + std::to_string(groups_++) + ">" + inside + ")";
  }
  std::string Piece() {
    switch (Below(9)) {
      case 0:
        return "(?:" + Quoted() + "|" + Quoted() + ")" + (Chance(3) ? "? " : " ");
      case 1:
        return Group(Quoted() + "[a-z]*") + " ";
      case 2:
        return Quoted() + ".*";
      case 3:
        return Chance(2) ? R"(\S+ )" : Group(R"(\S+)") + " ";
      case 4:
        return R"(\b)" + Quoted() + R"(\b)";
      case 5:
        return Group(Quoted()) + (Chance(2) ? "*" : "{1,2}") + Quoted();
      case 6:
        return Group(".*") + "[^][a]" + Quoted();
      default:
        return Quoted() + " ";
    }
  }

  std::mt19937 random_;
  int groups_ = 0;
};

TEST(Matcher, AgreesWithTryingEachRuleByItself) {
  RandomRules random(20261124);
  std::size_t hits = 0, captures = 0;
  for (int trial = 0; trial < 300; ++trial) {
    std::vector<Rule> rules;
    std::vector<std::unique_ptr<RE2>> alone;
    for (std::size_t i = 0, count = 1 + random.Below(30); i < count; ++i) {
      rules.push_back(MakeRule("r" + std::to_string(i), random.Expression()));
      alone.push_back(std::make_unique<RE2>(rules.back().match, RE2::Latin1));
      ASSERT_TRUE(alone.back()->ok()) << rules.back().match;
    }
    auto matcher = Matcher::Compile(MakeProfile(rules));
    ASSERT_TRUE(matcher);
    for (int l = 0; l < 100; ++l) {
      const std::string line = random.Line();
      std::vector<std::pair<std::string, Captures>> expected, fired;
      for (std::size_t i = 0; i < rules.size(); ++i) {
        if (auto found = Alone(*alone[i], line)) expected.emplace_back(rules[i].match, *found);
      }
      for (const Matcher::Hit& hit : matcher->Match(line)) {
        fired.emplace_back(hit.rule->match, hit.captures);
        captures += hit.captures.size();
      }
      ASSERT_EQ(fired, expected) << line;
      const auto& events = matcher->Match(line, Matcher::Captures::kNone);
      ASSERT_EQ(events.size(), expected.size()) << line;
      hits += expected.size();
    }
  }
  EXPECT_GT(hits, 10'000u);
  EXPECT_GT(captures, 5'000u);
}

// More candidates than are tried at once: the rules that begin alike.
TEST(Matcher, ManyRulesThatBeginAlikeAreToldApart) {
  std::vector<Rule> rules;
  for (int i = 0; i < 20; ++i) {
    const std::string number = std::to_string(100 + i);
    rules.push_back(MakeRule("r" + number, "^connection refused: .*" + number + "$"));
  }
  rules.push_back(MakeRule("digits", R"(\d$)"));
  auto matcher = Matcher::Compile(MakeProfile(rules));
  ASSERT_TRUE(matcher);
  EXPECT_THAT(Fired(*matcher, "connection refused: 107"), ElementsAre("r107", "digits"));
  EXPECT_THAT(Fired(*matcher, "connection refused: none"), IsEmpty());
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

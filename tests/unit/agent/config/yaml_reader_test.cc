#include "agent/config/yaml_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

namespace vitals {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

Errors ErrorsOf(std::string_view text) {
  auto result = ParseYaml(text, "f.yaml");
  return result ? Errors{} : result.error();
}

TEST(YamlReader, KeepsOrderAndLines) {
  const auto root = ParseYaml("b: 1\na:\n  - x\n  - 'y z'\nc: {k: v}\nd:\n", "f.yaml");
  ASSERT_TRUE(root);
  ASSERT_EQ(root->kind, Node::Kind::kMap);
  ASSERT_THAT(root->children, SizeIs(4));
  EXPECT_EQ(root->children[0].key, "b");
  EXPECT_EQ(root->children[0].text, "1");
  const Node& list = root->children[1];
  EXPECT_EQ(list.key, "a");
  EXPECT_EQ(list.key_line, 2);
  ASSERT_THAT(list.children, SizeIs(2));
  EXPECT_EQ(list.children[1].text, "y z");
  EXPECT_EQ(list.children[1].line, 4);
  EXPECT_EQ(root->children[2].children[0].key, "k");
  EXPECT_EQ(root->children[3].kind, Node::Kind::kNull);
}

TEST(YamlReader, EmptyTextIsNull) {
  for (const char* text : {"", "\n\n", "# only a comment\n", "---\n"}) {
    const auto root = ParseYaml(text, "f.yaml");
    ASSERT_TRUE(root) << text;
    EXPECT_EQ(root->kind, Node::Kind::kNull) << text;
  }
}

TEST(YamlReader, ReportsEveryDuplicateKey) {
  const Errors errors = ErrorsOf("a: 1\nb: {c: 1, c: 2}\na: 2\n");
  ASSERT_THAT(errors, SizeIs(2));
  EXPECT_EQ(errors[0].place, "f.yaml:2");
  EXPECT_EQ(errors[1].place, "f.yaml:3");
  EXPECT_THAT(errors[1].message, HasSubstr("duplicate key 'a'"));
  EXPECT_THAT(errors[1].remedy, HasSubstr("line 1"));
}

struct Refusal {
  const char* name;
  const char* text;
  const char* place;
  const char* message;
};

class YamlRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(YamlRefusal, IsReportedWithItsLine) {
  const Errors errors = ErrorsOf(GetParam().text);
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_EQ(errors[0].place, GetParam().place);
  EXPECT_THAT(errors[0].message, HasSubstr(GetParam().message));
  EXPECT_FALSE(errors[0].remedy.empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, YamlRefusal,
    testing::Values(Refusal{"Anchor", "a: 1\nb: &x 2\n", "f.yaml:2", "anchors"},
                    Refusal{"Alias", "a: &x [1]\nb: *x\n", "f.yaml:1", "anchors"},
                    Refusal{"Tag", "a: !!str 1\n", "f.yaml:1", "tags"},
                    Refusal{"SecondDocument", "a: 1\n---\nb: 2\n", "f.yaml:2", "second"},
                    Refusal{"MapAsKey", "? {a: 1}\n: 2\n", "f.yaml:1", "a key must be"},
                    Refusal{"Syntax", "a: 1\nb: [1, 2\nc: 3\n", "f.yaml:3", "not valid YAML"},
                    Refusal{"Utf8", "a: 1\nb: \xff\n", "f.yaml:2", "not UTF-8"},
                    Refusal{"Overlong", "a: \xc0\x80\n", "f.yaml:1", "not UTF-8"},
                    Refusal{"Control", "a: 1\n\nb: \x04\n", "f.yaml:3", "control character"}),
    [](const auto& test) { return test.param.name; });

TEST(YamlReader, BoundsDepth) {
  const Errors errors = ErrorsOf(std::string(1000, '[') + std::string(1000, ']'));
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_THAT(errors[0].message, HasSubstr("nested deeper"));
}

TEST(YamlReader, BoundsUnclosedDepthOfAWholeFile) {
  EXPECT_THAT(ErrorsOf(std::string(kMaxYamlBytes, '[')), SizeIs(1));
  EXPECT_THAT(ErrorsOf(std::string(kMaxYamlBytes, '{')), SizeIs(1));
}

TEST(YamlReader, BoundsNodes) {
  std::string text = "[";
  for (std::size_t i = 0; i <= kMaxYamlNodes; ++i) text += "1,";
  const Errors errors = ErrorsOf(text + "]");
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_THAT(errors[0].message, HasSubstr("more than 50000 values"));
}

TEST(YamlReader, BoundsBytes) {
  const Errors errors = ErrorsOf(std::string(kMaxYamlBytes + 1, ' '));
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_THAT(errors[0].message, HasSubstr("1 MiB"));
}

// Whatever comes in, out comes a tree or errors, never an exception.
TEST(YamlReader, SurvivesRandomAndMutatedText) {
  const std::string valid =
      "broker: {profile: auto, username: 'a''b'}\nendpoints:\n  - url: \"mqtt://127.0.0.4:1\\n\"\n "
      "   x: "
      "|\n"
      "      text\n  - {a: [1, 2, {b: c}]} # comment\n? k\n: v\n%TAG\n---\n...\n&a *b !t >-\n";
  const std::string alphabet = " \n\t:-?[]{}&*!|>%@`'\"#,\\\r~<=.ab0\xc3\xa4\x01\xff";
  std::mt19937 random(20240611);
  const auto pick = [&random](std::size_t below) { return random() % below; };
  std::size_t trees = 0, refusals = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    if (round % 2 == 0) {
      text = valid;
      for (std::size_t i = 1 + pick(8); i > 0; --i) {
        const std::size_t at = pick(text.size());
        const std::size_t action = pick(3);
        if (action == 0) text[at] = alphabet[pick(alphabet.size())];
        if (action == 1) text.insert(at, 1, alphabet[pick(alphabet.size())]);
        if (action == 2) text.erase(at, 1 + pick(20));
        if (text.empty()) break;
      }
    } else {
      for (std::size_t i = pick(64); i > 0; --i) {
        text += pick(8) == 0 ? static_cast<char>(pick(256)) : alphabet[pick(alphabet.size())];
      }
    }
    const auto result = ParseYaml(text, "f.yaml");
    if (result) {
      ++trees;
      continue;
    }
    ++refusals;
    ASSERT_FALSE(result.error().empty());
    for (const Error& error : result.error()) {
      ASSERT_THAT(error.place, HasSubstr("f.yaml"));
      ASSERT_FALSE(error.message.empty());
    }
  }
  EXPECT_GT(trees, 100u);
  EXPECT_GT(refusals, 100u);
}

}  // namespace
}  // namespace vitals

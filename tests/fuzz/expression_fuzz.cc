// A rule of a user: any expression that RE2 takes, on any line. Cutting the expression and looking
// for its literals change nothing: the matcher says the same as RE2 by itself, captures and all.
// The input is the expression, a line break, and lines.
#include <memory>
#include <string>
#include <string_view>

#include "probes/log/matcher.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/alone.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\n');
  if (end == std::string_view::npos || end > 200) return 0;

  auto profile = std::make_shared<vitals::Profile>();
  vitals::Rule rule;
  rule.id = "rule";
  rule.match = input.substr(0, end);
  profile->rules.push_back(rule);
  auto matcher = vitals::Matcher::Compile(profile);
  if (!matcher) return 0;
  const RE2 alone(rule.match, RE2::Latin1);
  vitals::Require(alone.ok());

  for (input.remove_prefix(end + 1);;) {
    const std::size_t line_end = input.find('\n');
    const std::string_view line = input.substr(0, line_end);
    const auto expected = vitals::Alone(alone, line);
    const auto& hits = matcher->Match(line);
    vitals::Require(hits.size() == (expected ? 1 : 0));
    vitals::Require(!expected || hits[0].captures == *expected);
    if (line_end == std::string_view::npos) return 0;
    input.remove_prefix(line_end + 1);
  }
}

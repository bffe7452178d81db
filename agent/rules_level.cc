#include "agent/rules_level.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <string>

namespace vitals {
namespace {

// Behind this, words are more often those of clients than of the broker.
constexpr std::size_t kSearched = 96;

// As brokers write them, in lower case; NATS writes three letters.
constexpr std::array<std::string_view, 8> kHarmless = {"trace", "debug", "info", "notice",
                                                       "trc",   "dbg",   "inf",  "ntc"};
constexpr std::array<std::string_view, 17> kWarnings = {
    "warn",  "warning", "error", "err",       "wrn",   "critical", "crit",     "fatal", "ftl",
    "alert", "severe",  "emerg", "emergency", "panic", "errors",   "warnings", "failed"};

bool Names(const auto& levels, std::string_view word) {
  return std::ranges::any_of(levels, [word](std::string_view level) {
    return std::ranges::equal(word, level, [](char a, char b) {
      return std::tolower(static_cast<unsigned char>(a)) == b;
    });
  });
}

bool IsLetter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

}  // namespace

LevelReader::LevelReader() : first_test_({kWarnings.begin(), kWarnings.end()}) {}

bool LevelReader::IsWarning(std::string_view line) const {
  line = line.substr(0, kSearched);
  if (!first_test_.FoundIn(line)) return false;
  while (!line.empty()) {
    const auto begin = std::ranges::find_if(line, IsLetter);
    const auto end = std::find_if_not(begin, line.end(), IsLetter);
    const std::string_view word(begin, end);
    if (Names(kHarmless, word)) return false;
    if (Names(kWarnings, word)) return true;
    line.remove_prefix(static_cast<std::size_t>(end - line.begin()));
  }
  return false;
}

}  // namespace vitals

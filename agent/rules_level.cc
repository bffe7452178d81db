#include "agent/rules_level.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>

namespace vitals {
namespace {

// Behind this, words are more often those of clients than of the broker.
constexpr std::size_t kSearched = 96;

// As brokers write them, in lower case; NATS writes three letters.
constexpr std::array<std::string_view, 8> kHarmless = {"trace", "debug", "info", "notice",
                                                       "trc",   "dbg",   "inf",  "ntc"};
constexpr std::array<std::string_view, 13> kWarnings = {
    "warn", "warning", "wrn", "error", "errors",    "err",  "critical",
    "crit", "fatal",   "ftl", "emerg", "emergency", "panic"};

// Three letters somewhere in the line, in either case.
template <char A, char B, char C>
struct Letters {
  static unsigned At(const char* text) {
    return static_cast<unsigned>((text[0] | 0x20) == A) & ((text[1] | 0x20) == B) &
           ((text[2] | 0x20) == C);
  }
};

// Without a branch within the loop, so that compilers do many bytes at once.
template <typename... Any>
bool HasOneOf(std::string_view line) {
  unsigned char found = 0;
  for (std::size_t i = 0; i + 2 < line.size(); ++i) {
    found |= static_cast<unsigned char>((Any::At(line.data() + i) | ...));
  }
  return found != 0;
}

bool MayBeWarning(std::string_view line) {
  return HasOneOf<Letters<'w', 'a', 'r'>, Letters<'w', 'r', 'n'>, Letters<'e', 'r', 'r'>,
                  Letters<'c', 'r', 'i'>, Letters<'f', 'a', 't'>, Letters<'f', 't', 'l'>,
                  Letters<'e', 'm', 'e'>, Letters<'p', 'a', 'n'>>(line);
}

bool Names(const auto& levels, std::string_view word) {
  return std::ranges::any_of(levels, [word](std::string_view level) {
    return std::ranges::equal(word, level, [](char a, char b) {
      return std::tolower(static_cast<unsigned char>(a)) == b;
    });
  });
}

bool IsLetter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

}  // namespace

bool IsWarning(std::string_view line) {
  line = line.substr(0, kSearched);
  if (!MayBeWarning(line)) return false;
  if (line.front() == ' ' || line.front() == '\t') return false;  // goes on with an entry
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

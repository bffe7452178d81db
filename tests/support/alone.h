// Alone: what RE2 says of one expression by itself on a line: the reference that the matcher, with
// all its short cuts, is compared with. Any thread.
#pragma once

#include <re2/re2.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vitals {

// Nothing if it does not match, else the named captures that took part, by name.
inline std::optional<std::vector<std::pair<std::string, std::string>>> Alone(
    const RE2& expression, std::string_view line) {
  std::vector<re2::StringPiece> texts(
      static_cast<std::size_t>(expression.NumberOfCapturingGroups() + 1));
  if (!expression.Match({line.data(), line.size()}, 0, line.size(), RE2::UNANCHORED, texts.data(),
                        static_cast<int>(texts.size()))) {
    return std::nullopt;
  }
  std::vector<std::pair<std::string, std::string>> captures;
  for (const auto& [name, group] : expression.NamedCapturingGroups()) {
    const re2::StringPiece& text = texts[static_cast<std::size_t>(group)];
    if (text.data() != nullptr) captures.emplace_back(name, std::string(text));
  }
  return captures;
}

}  // namespace vitals

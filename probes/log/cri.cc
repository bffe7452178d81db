#include "probes/log/cri.h"

#include <algorithm>

namespace vitals {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes what `shape` says from the front of `text`: '0' stands for a digit, the rest for itself.
bool Take(std::string_view& text, std::string_view shape) {
  if (text.size() < shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == '0' ? !IsDigit(text[i]) : text[i] != shape[i]) return false;
  }
  text.remove_prefix(shape.size());
  return true;
}

// RFC 3339, section 5.6, with at most nine digits of a second.
bool TakeStamp(std::string_view& text) {
  if (!Take(text, "0000-00-00T00:00:00")) return false;
  if (Take(text, ".")) {
    int digits = 0;
    while (digits < 9 && Take(text, "0")) ++digits;
    if (digits == 0) return false;
  }
  return Take(text, "Z") || Take(text, "+00:00") || Take(text, "-00:00");
}

}  // namespace

std::optional<CriLine> ParseCri(std::string_view line) {
  CriLine parsed;
  if (!TakeStamp(line)) return std::nullopt;
  if (Take(line, " stderr ")) {
    parsed.stream = 1;
  } else if (!Take(line, " stdout ")) {
    return std::nullopt;
  }
  if (!line.starts_with('P') && !line.starts_with('F')) return std::nullopt;
  parsed.partial = line.front() == 'P';
  line.remove_prefix(1);
  // Further tags are not known today: they change nothing.
  if (line.starts_with(':')) line.remove_prefix(std::min(line.find(' '), line.size()));
  if (!line.empty()) {
    if (line.front() != ' ') return std::nullopt;
    line.remove_prefix(1);
  }
  parsed.content = line;
  return parsed;
}

}  // namespace vitals

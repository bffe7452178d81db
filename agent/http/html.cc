#include "agent/http/html.h"

#include <array>
#include <cstdint>
#include <cstdio>

namespace vitals {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::string Formatted(const char* format, double value) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

// The length of the UTF-8 sequence at the start of `text`, 0 if there is none (RFC 3629 section 4).
std::size_t SequenceLength(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80                     ? 1
                             : first >= 0xC2 && first <= 0xDF ? 2
                             : first >= 0xE0 && first <= 0xEF ? 3
                             : first >= 0xF0 && first <= 0xF4 ? 4
                                                              : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xF0 && byte(1) < 0x90);
  const bool outside = (first == 0xED && byte(1) > 0x9F) || (first == 0xF4 && byte(1) > 0x8F);
  return overlong || outside ? 0 : length;
}

std::string Two(std::int64_t whole, const char* unit, std::int64_t rest, const char* rest_unit) {
  std::string text = std::to_string(whole) + " " + unit;
  if (rest > 0) text += " " + std::to_string(rest) + " " + rest_unit;
  return text;
}

}  // namespace

std::string Escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = SequenceLength(text);
    const char c = text.front();
    if (length != 1) {
      out += length == 0 ? kReplacement : text.substr(0, length);
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&#39;";
    } else if ((c >= 0 && c < ' ' && c != '\n' && c != '\t') || c == 0x7F) {
      out += kReplacement;
    } else {
      out += c;
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string AgeWords(Duration age) {
  const double seconds = Seconds(age);
  const auto whole = static_cast<std::int64_t>(seconds);
  if (seconds < 10) return Formatted("%.1f s", seconds < 0 ? 0 : seconds);
  if (whole < 120) return std::to_string(whole) + " s";
  if (whole < 3600) return std::to_string(whole / 60) + " min";
  if (whole < 86'400) return Two(whole / 3600, "h", whole % 3600 / 60, "min");
  return Two(whole / 86'400, "d", whole % 86'400 / 3600, "h");
}

std::string LatencyWords(Duration took) {
  const double ms = Seconds(took) * 1000;
  if (ms < 0.1) return Formatted("%.0f µs", ms * 1000);
  if (ms < 10) return Formatted("%.2f ms", ms);
  if (ms < 1000) return Formatted("%.0f ms", ms);
  return Formatted("%.1f s", ms / 1000);
}

}  // namespace vitals

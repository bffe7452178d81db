#include "agent/gate/request_line.h"

#include <algorithm>

namespace vitals {
namespace {

ParsedLine Refuse(int status) { return {ParseState::kRefused, status, {}}; }

// RFC 9110 section 5.6.2.
bool IsToken(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

ParsedLine ParseRequestLine(std::string_view bytes) {
  const auto end = bytes.find('\n');
  if (end == std::string_view::npos || end >= kRequestLineMax) {
    if (bytes.size() >= kRequestLineMax) return Refuse(414);
    return {};
  }
  std::string_view line = bytes.substr(0, end);
  if (line.ends_with('\r')) line.remove_suffix(1);

  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return Refuse(400);
  const auto method = line.substr(0, first);
  const auto target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  if (!IsToken(method) || (version != "HTTP/1.1" && version != "HTTP/1.0")) return Refuse(400);
  if (!target.starts_with('/') || !IsPrintable(target)) return Refuse(400);
  if (method != "GET" && method != "HEAD") return Refuse(405);

  ParsedLine parsed{ParseState::kDone, 0, {}};
  const auto question = target.find('?');
  parsed.request.head = method == "HEAD";
  parsed.request.path = target.substr(0, question);
  if (question != std::string_view::npos) parsed.request.query = target.substr(question + 1);
  return parsed;
}

bool ProbeRequest::Has(std::string_view name) const {
  for (auto rest = query; !rest.empty();) {
    if (TakeParameter(&rest).name == name) return true;
  }
  return false;
}

Parameter TakeParameter(std::string_view* query) {
  const auto end = query->find('&');
  const auto pair = query->substr(0, end);
  query->remove_prefix(end == std::string_view::npos ? query->size() : end + 1);
  const auto equals = pair.find('=');
  if (equals == std::string_view::npos) return {pair, {}};
  return {pair.substr(0, equals), pair.substr(equals + 1)};
}

bool DecodesTo(std::string_view encoded, std::string_view plain) {
  std::size_t at = 0;
  for (const char wanted : plain) {
    if (at >= encoded.size()) return false;
    int value = static_cast<unsigned char>(encoded[at++]);
    if (value == '%') {
      if (at + 2 > encoded.size()) return false;
      const int high = HexDigit(encoded[at]);
      const int low = HexDigit(encoded[at + 1]);
      if (high < 0 || low < 0) return false;
      value = high * 16 + low;
      at += 2;
    }
    if (value != static_cast<unsigned char>(wanted)) return false;
  }
  return at == encoded.size();
}

}  // namespace vitals

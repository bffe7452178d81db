// The request line of HTTP/1.0 and HTTP/1.1 (RFC 9112 section 3), as far as the probe front needs
// it: GET or HEAD, an origin-form target, nothing of the header fields.
//
// A pure parser over bytes: any thread, no allocation, no copy. The views in a ProbeRequest point
// into the bytes that were parsed. It never reads past the first line.
#pragma once

#include <cstddef>
#include <string_view>

namespace vitals {

// Longest request line that is read, its end included.
inline constexpr std::size_t kRequestLineMax = 2048;

struct ProbeRequest {
  bool head = false;       // HEAD: the same answer without its body
  std::string_view path;   // "/readyz/accepting%2Fone", still encoded
  std::string_view query;  // behind the question mark, still encoded

  // The query holds this parameter, with any value or none.
  bool Has(std::string_view name) const;
};

enum class ParseState : unsigned char {
  kMore,     // no end of line yet
  kDone,     // `request` is filled
  kRefused,  // `status` says why: 400, 405 or 414
};

struct ParsedLine {
  ParseState state = ParseState::kMore;
  int status = 0;
  ProbeRequest request;
};

ParsedLine ParseRequestLine(std::string_view bytes);

// Takes the first `NAME=VALUE` (or bare NAME) off a query; empty when the query is.
struct Parameter {
  std::string_view name;
  std::string_view value;
};
Parameter TakeParameter(std::string_view* query);

// Whether `encoded` (RFC 3986 section 2.1) stands for exactly `plain`. Broken escapes match
// nothing.
bool DecodesTo(std::string_view encoded, std::string_view plain);

}  // namespace vitals

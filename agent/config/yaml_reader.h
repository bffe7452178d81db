// Reads YAML text into a tree of our own: maps in file order, lists, scalars as text, each with its
// line. The only place that includes yaml-cpp; no exception of it gets out.
//
// Strict on purpose, because a configuration is written by people and a profile may come from
// anywhere: one document, no duplicate keys, no anchors, aliases or tags, keys are scalars, valid
// UTF-8 without control characters, and bounded size, depth and number of nodes.
//
// Pure: any thread may call it. It never opens a file and never guesses types (values.h does that).
// Source: YAML 1.2, sections 5.1 (character set) and 7 (the constructs refused here).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/result.h"

namespace vitals {

inline constexpr std::size_t kMaxYamlBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxYamlDepth = 16;
inline constexpr std::size_t kMaxYamlNodes = 50'000;

struct Node {
  enum class Kind : std::uint8_t { kNull, kScalar, kList, kMap };
  Kind kind = Kind::kNull;
  int line = 0;                // where the value begins; the first line is 1
  std::string text;            // kScalar: what is written, quotes taken off
  std::vector<Node> children;  // kList: its items; kMap: its values, in the order of the file
  std::string key;             // inside a map: the key of this value ...
  int key_line = 0;            // ... and where that stands
};

// `file_name` is for messages only. Empty text is a null node. A mistake of syntax ends the
// reading; duplicate keys are all reported.
tl::expected<Node, Errors> ParseYaml(std::string_view text, std::string_view file_name);

}  // namespace vitals

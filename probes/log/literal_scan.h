// LiteralScan: finds which of a fixed set of strings occur in a line, in one pass over its bytes
// whatever their number (Aho and Corasick, "Efficient string matching", CACM 18(6), 1975; full
// transition table over byte classes). ASCII letters match in either case, because the strings come
// from RE2's prefilter, which lower-cases them.
//
// Built once, then only read: any thread may call Scan. Never allocates while scanning, but for
// what `found` needs.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vitals {

class LiteralScan {
 public:
  explicit LiteralScan(const std::vector<std::string>& literals);

  // Adds the index of each literal in `line` to `found`; an index may come more than once.
  void Scan(std::string_view line, std::vector<int>& found) const;

 private:
  using State = std::uint32_t;
  static constexpr State kEnds = 1u << 31;  // in next_: literals end in that state

  std::array<std::uint8_t, 256> class_of_{};  // 0 = in no literal
  std::uint32_t classes_ = 1;
  std::vector<State> next_;               // [state * classes_ + class]; holds state * classes_
  std::vector<std::vector<int>> ending_;  // literals that end in a state, longest first
};

}  // namespace vitals

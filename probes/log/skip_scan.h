// SkipScan: does a line contain any of a fixed set of strings, and which? Made for the common case
// that it does not: it looks at a few bytes of the line and, where no string can have them, leaps
// over as many bytes as the shortest string allows (Wu and Manber, "A fast algorithm for
// multi-pattern searching", University of Arizona TR 94-17, 1994; blocks of 4 bytes, hashed). The
// longer the shortest string, the faster. ASCII letters match in either case, as in LiteralScan.
//
// Built once, then only read: any thread may call Scan. Never allocates while scanning.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace vitals {

class SkipScan {
 public:
  // Shorter ones occur in too many lines to be worth a look.
  static constexpr std::size_t kShortest = 3;

  // None of them shorter than kShortest.
  explicit SkipScan(std::vector<std::string> literals);

  // Calls `on_found` with the index of each literal in `line` and with its place, in the order of
  // their places, until it returns false. A literal that occurs twice is found twice.
  template <typename OnFound>
  void Scan(std::string_view line, OnFound&& on_found) const {
    if (literals_.empty()) return;
    if (block_ == kBlock) {
      Search<kBlock>(line, on_found);
    } else {
      Search<kShortest>(line, on_found);
    }
  }

 private:
  static constexpr std::size_t kBlock = 4;
  static constexpr unsigned kHashBits = 14;  // 16 KiB of leaps: half of a first-level cache
  using Hash = std::uint16_t;

  struct Entry {
    Hash hash;
    std::uint32_t literal;
  };

  // Of the `Block` bytes before `end`. Setting bit 5 makes the letters of both cases equal (and
  // some other bytes too: the comparison that follows is exact).
  template <std::size_t Block>
  static Hash HashBefore(const char* end) {
    std::uint32_t bytes = 0;
    std::memcpy(&bytes, end - Block, Block);
    bytes |= 0x20202020;
    return static_cast<Hash>((bytes * 2654435761u) >> (32 - kHashBits));
  }

  template <std::size_t Block, typename OnFound>
  void Search(std::string_view line, OnFound& on_found) const {
    const char* const text = line.data();
    for (std::size_t end = window_; end <= line.size();) {
      const Hash hash = HashBefore<Block>(text + end);
      const std::uint8_t leap = leap_[hash];
      end += leap;
      if (leap != 0) [[likely]]
        continue;
      for (auto entry = FirstEntry(hash); entry != entries_.end() && entry->hash == hash; ++entry) {
        const std::size_t at = end - window_;
        if (IsAt(line, at, literals_[entry->literal]) && !on_found(entry->literal, at)) return;
      }
      ++end;
    }
  }

  std::vector<Entry>::const_iterator FirstEntry(Hash hash) const {
    return std::ranges::lower_bound(entries_, hash, {}, &Entry::hash);
  }
  static bool IsAt(std::string_view line, std::size_t at, std::string_view literal);

  std::vector<std::string> literals_;
  std::size_t window_ = 0;  // bytes of each literal that are searched: the shortest's length
  std::size_t block_ = kBlock;
  std::array<std::uint8_t, std::size_t{1} << kHashBits> leap_{};
  std::vector<Entry> entries_;  // by the hash of the last block in the literal's window
};

}  // namespace vitals

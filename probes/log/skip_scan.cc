#include "probes/log/skip_scan.h"

#include <limits>
#include <utility>

#include "probes/log/ascii.h"

namespace vitals {

SkipScan::SkipScan(std::vector<std::string> literals) : literals_(std::move(literals)) {
  if (literals_.empty()) return;
  window_ = std::numeric_limits<std::uint8_t>::max();
  for (std::string& literal : literals_) {
    for (char& c : literal) c = static_cast<char>(Lower(c));
    window_ = std::min(window_, literal.size());
  }
  block_ = std::min(window_, kBlock);
  const auto hash_before = [this](const char* end) {
    return block_ == kBlock ? HashBefore<kBlock>(end) : HashBefore<kShortest>(end);
  };
  leap_.fill(static_cast<std::uint8_t>(window_ - block_ + 1));
  for (std::uint32_t i = 0; i < literals_.size(); ++i) {
    const char* const text = literals_[i].data();
    for (std::size_t end = block_; end <= window_; ++end) {
      std::uint8_t& leap = leap_[hash_before(text + end)];
      leap = std::min(leap, static_cast<std::uint8_t>(window_ - end));
    }
    entries_.push_back({hash_before(text + window_), i});
  }
  std::ranges::sort(entries_, {}, &Entry::hash);
}

bool SkipScan::IsAt(std::string_view line, std::size_t at, std::string_view literal) {
  const std::string_view there = line.substr(at, literal.size());
  return std::ranges::equal(
      there, literal, [](char a, char b) { return Lower(a) == static_cast<unsigned char>(b); });
}

}  // namespace vitals

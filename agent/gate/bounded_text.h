// BoundedText: text in a fixed array. What does not fit is left out, so that an answer can never
// grow beyond its limit nor allocate. A value type; not shared between threads.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace vitals {

template <std::size_t N>
class BoundedText {
 public:
  // All of it or nothing; false = it did not fit.
  bool Append(std::string_view text) {
    if (text.size() > room()) return false;
    std::copy(text.begin(), text.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += text.size();
    return true;
  }

  // As much of it as fits, on one line: control characters become spaces, so that text from
  // outside can't write a line of its own.
  void AppendLine(std::string_view text) {
    for (const char c : text.substr(0, room())) {
      const auto byte = static_cast<unsigned char>(c);
      bytes_[size_++] = byte < 0x20 || byte == 0x7f ? ' ' : c;
    }
  }

  std::size_t size() const { return size_; }
  std::size_t room() const { return N - size_; }
  void Shrink(std::size_t size) { size_ = std::min(size, size_); }
  std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, N> bytes_;
  std::size_t size_ = 0;
};

}  // namespace vitals

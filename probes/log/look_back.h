// LookBack: finds the last line of a file that begins a boot, reading backwards from the end as it
// was when following began, one piece a step, so that no step takes long.
//
// Owned by the Tailer; one thread. Never reads before `floor`.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace vitals {

class LookBack {
 public:
  enum class Progress { kGoesOn, kFound, kNotThere };

  LookBack(std::uint64_t end, std::uint64_t floor) : end_(end), floor_(floor) {}

  // Looks at one piece, at most as long as `buffer`.
  Progress Step(int fd, std::span<char> buffer,
                const std::function<bool(std::string_view line)>& begins_boot);

  // kFound: where the line starts.
  std::uint64_t offset() const { return end_; }

 private:
  std::uint64_t end_;  // a line starts here, or the file ended; everything after it was looked at
  std::uint64_t floor_;
};

}  // namespace vitals

// LineSplitter: turns the bytes of one file, handed over in pieces of any size, into lines.
//
// Lines end at LF only (client text may hold U+2028 and the like, which are no line ends here). A
// CR before the LF, a run of NUL bytes at the start of a line (the hole that copy-truncate leaves
// for a writer without O_APPEND) and a UTF-8 byte order mark at the start of a file are left out. A
// line is cut after kMaxLine bytes, or as many as its owner says; the rest is skipped and the line
// counted as cut. The unterminated rest of a piece is kept for the next one, at most so many bytes
// of it, so that memory is bounded whatever the file holds.
//
// Owned by a LogFile; one thread. Lines are views that end with the call. Never copies a line that
// lies whole within a piece.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace vitals {

class LineSplitter {
 public:
  static constexpr std::size_t kMaxLine = 16 * 1024;

  LineSplitter() = default;
  explicit LineSplitter(std::size_t longest) : longest_(longest) {}

  template <typename OnLine>
  void Feed(std::string_view bytes, OnLine&& on_line) {
    while (!bytes.empty()) {
      if (tail_.empty() && !overlong_ && !discarding_) {
        const std::size_t nuls = bytes.find_first_not_of('\0');
        if (nuls == std::string_view::npos) return;
        bytes.remove_prefix(nuls);
      }
      const void* lf = std::memchr(bytes.data(), '\n', bytes.size());
      if (lf == nullptr) {
        Keep(bytes);
        return;
      }
      const auto length = static_cast<std::size_t>(static_cast<const char*>(lf) - bytes.data());
      EndLine(bytes.substr(0, length), on_line);
      bytes.remove_prefix(length + 1);
    }
  }

  // The file ends here for good: an unterminated rest is its last line.
  template <typename OnLine>
  void Finish(OnLine&& on_line) {
    if (!tail_.empty()) EndLine({}, on_line);
    Restart();
  }

  // What follows are the bytes from the start of a file.
  void Restart();
  // What follows starts within a file: at a line's start, or (`mid_line`) somewhere in a line,
  // whose rest is then left out.
  void Resume(bool mid_line);

  std::uint64_t cut_lines() const { return cut_lines_; }
  std::size_t kept_bytes() const { return tail_.size(); }

 private:
  template <typename OnLine>
  void EndLine(std::string_view rest, OnLine&& on_line) {
    if (discarding_) {
      discarding_ = false;
      return;
    }
    if (tail_.empty() && !overlong_) {
      on_line(Trim(rest));
      return;
    }
    Keep(rest);
    on_line(Trim(tail_));
    tail_.clear();
    overlong_ = false;
  }

  void Keep(std::string_view bytes);
  std::string_view Trim(std::string_view line);

  std::size_t longest_ = kMaxLine;
  std::string tail_;         // start of the line that is not complete yet
  bool overlong_ = false;    // tail_ is full and more of its line came
  bool discarding_ = false;  // within a line whose start was not seen
  bool first_ = true;        // the next line is the first of its file
  std::uint64_t cut_lines_ = 0;
};

}  // namespace vitals

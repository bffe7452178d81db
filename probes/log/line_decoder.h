// LineDecoder: what stands between the lines of a file and the rules. A plain file's lines go
// through untouched; those of a CRI file (probes/log/cri.h) lose their wrapping, and the parts of a
// line are joined for each stream, at most LineSplitter::kMaxLine bytes of it. The file's first
// line decides which it is.
//
// Owned by a LogFile; one thread. A whole line is never copied. A line of a CRI file that is not of
// CRI's shape goes through as it is: no line is lost to a runtime's whim.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "probes/log/cri.h"

namespace vitals {

class LineDecoder {
 public:
  LineDecoder() = default;

  bool decided() const { return cri_.has_value(); }
  bool is_cri() const { return cri_.value_or(false); }
  void Decide(std::string_view first_line) { cri_ = ParseCri(first_line).has_value(); }

  // A new file: its format is not known.
  void Restart() { *this = LineDecoder(cut_lines_); }
  // What follows starts somewhere within the file: the line under way in each stream is left out.
  void Skip();
  // What a predecessor left unfinished ends in this file.
  void TakeOver(LineDecoder& predecessor);

  template <typename OnLine>
  void Decode(std::string_view line, OnLine&& on_line) {
    if (!decided()) Decide(line);
    std::optional<CriLine> cri;
    if (is_cri()) cri = ParseCri(line);
    if (!cri) return on_line(line);
    Part& part = parts_[cri->stream];
    if (part.skip) {
      part.skip = cri->partial;
      return;
    }
    if (!cri->partial && !part.open) {
      if (IsCut(line)) ++cut_lines_;
      return on_line(cri->content);
    }
    Keep(part, cri->content, IsCut(line));
    if (!cri->partial) End(part, on_line);
  }

  // Nothing more will come: unfinished lines are told as they are.
  template <typename OnLine>
  void Finish(OnLine&& on_line) {
    for (Part& part : parts_) {
      if (part.open) End(part, on_line);
    }
  }

  bool unfinished() const { return parts_[0].open || parts_[1].open; }
  std::uint64_t cut_lines() const { return cut_lines_; }  // of CRI files

 private:
  struct Part {
    std::string text;
    bool open = false;
    bool cut = false;
    bool skip = false;
  };

  explicit LineDecoder(std::uint64_t cut_lines) : cut_lines_(cut_lines) {}
  static bool IsCut(std::string_view line);
  static void Keep(Part& part, std::string_view content, bool cut);

  template <typename OnLine>
  void End(Part& part, OnLine& on_line) {
    if (part.cut) ++cut_lines_;
    on_line(std::string_view(part.text));
    part.text.clear();
    part.open = part.cut = false;
  }

  std::optional<bool> cri_;
  std::array<Part, kCriStreams> parts_;
  std::uint64_t cut_lines_ = 0;
};

// Shows how logical lines begin, for a reader that needs no more of them: the content of a whole
// line or of a first part. Given the lines of one file in their order.
class LineHeads {
 public:
  explicit LineHeads(bool is_cri) : is_cri_(is_cri) {}

  // Nothing where the line goes on with what an earlier one began.
  std::optional<std::string_view> Head(std::string_view line);

 private:
  bool is_cri_;
  std::array<bool, kCriStreams> goes_on_{};
};

}  // namespace vitals

#include "probes/log/line_splitter.h"

#include <algorithm>

namespace vitals {

void LineSplitter::Restart() {
  tail_.clear();
  overlong_ = false;
  discarding_ = false;
  first_ = true;
}

void LineSplitter::Resume(bool mid_line) {
  Restart();
  discarding_ = mid_line;
  first_ = false;
}

void LineSplitter::Keep(std::string_view bytes) {
  if (discarding_) return;
  const std::size_t room = longest_ - tail_.size();
  if (bytes.size() > room) overlong_ = true;
  tail_.append(bytes.substr(0, std::min(room, bytes.size())));
}

std::string_view LineSplitter::Trim(std::string_view line) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (first_ && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  first_ = false;
  if (overlong_ || line.size() > longest_) {
    ++cut_lines_;
    return line.substr(0, longest_);
  }
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace vitals

#include "probes/log/look_back.h"

#include <unistd.h>

#include <algorithm>
#include <optional>

#include "probes/log/line_splitter.h"

namespace vitals {

LookBack::Progress LookBack::Step(int fd, std::span<char> buffer,
                                  const std::function<bool(std::string_view line)>& begins_boot) {
  const std::uint64_t begin =
      end_ - std::min<std::uint64_t>(end_ > floor_ ? end_ - floor_ : 0, buffer.size());
  const ssize_t got =
      pread(fd, buffer.data(), static_cast<std::size_t>(end_ - begin), static_cast<off_t>(begin));
  if (got <= 0) return Progress::kNotThere;
  const std::string_view piece(buffer.data(), static_cast<std::size_t>(got));

  // The line in which the piece starts belongs to the next piece, unless it is longer than a piece.
  std::size_t first = 0;
  if (begin > 0) {
    first = piece.find('\n');
    first = first == std::string_view::npos ? piece.size() : first + 1;
  }
  std::optional<std::size_t> found;
  for (std::size_t start = first; start < piece.size();) {
    const std::size_t lf = std::min(piece.find('\n', start), piece.size());
    std::string_view line = piece.substr(start, std::min(lf - start, LineSplitter::kMaxLine));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t hole = std::min(line.find_first_not_of('\0'), line.size());
    line.remove_prefix(hole);
    if (begins_boot(line)) found = start + hole;
    start = lf + 1;
  }
  if (found) {
    end_ = begin + *found;
    return Progress::kFound;
  }
  end_ = first < piece.size() ? begin + first : begin;
  return begin <= floor_ ? Progress::kNotThere : Progress::kGoesOn;
}

}  // namespace vitals

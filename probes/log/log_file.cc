#include "probes/log/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "probes/log/punch.h"

namespace vitals {
namespace {

// After a jump ahead so much of the newest text is still read.
constexpr std::uint64_t kKeptByJump = 1 << 20;

// RFC 1952 2.3.1, RFC 8878 3.1.1: what rotators compress to. Their lines would be noise.
bool IsCompressed(std::string_view head) {
  return head.starts_with("\x1F\x8B") || head.starts_with("\x28\xB5\x2F\xFD");
}

tl::unexpected<Error> CannotRead(const std::string& path, int error) {
  return Fail(std::generic_category().message(error), path,
              "the agent must be able to read the broker's log: run it with the broker's user id");
}

}  // namespace

Result<LogFile> LogFile::Open(const std::string& path) {
  // Opening and closing a pipe would already disturb the broker at its other end.
  struct stat info{};
  if (stat(path.c_str(), &info) != 0) return CannotRead(path, errno);
  if (!S_ISREG(info.st_mode)) {
    return Fail("is no regular file", path, "let the broker log to a plain file");
  }
  Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return CannotRead(path, errno);
  if (fstat(fd.get(), &info) != 0) return CannotRead(path, errno);
  LogFile file(std::move(fd), FileId{info.st_dev, info.st_ino});
  file.block_ = std::max<std::uint64_t>(kKept, static_cast<std::uint64_t>(info.st_blksize));
  std::array<char, 4> head{};
  const ssize_t got = file.ReadAt(head, 0);
  if (got > 0 && IsCompressed({head.data(), static_cast<std::size_t>(got)})) {
    return Fail("is compressed", path, "let the log paths name text only");
  }
  file.Look();
  return file;
}

void LogFile::Look() {
  struct stat info{};
  if (fstat(fd_.get(), &info) != 0) return;
  size_ = static_cast<std::uint64_t>(info.st_size);
  deleted_ = info.st_nlink == 0;
}

ssize_t LogFile::ReadAt(std::span<char> into, std::uint64_t offset) const {
  ssize_t got = 0;
  do {
    got = pread(fd_.get(), into.data(), into.size(), static_cast<off_t>(offset));
  } while (got < 0 && errno == EINTR);
  return got;
}

bool LogFile::LoadMarker(std::uint64_t offset) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(offset, Bookmark::kMarker));
  bookmark_.offset = offset;
  bookmark_.marker_size = size;
  return ReadAt(std::span(bookmark_.marker).first(size), offset - size) ==
         static_cast<ssize_t>(size);
}

bool LogFile::MarkerStands() const {
  std::array<char, Bookmark::kMarker> marker;
  const std::size_t size = bookmark_.marker_size;
  return ReadAt(std::span(marker).first(size), offset() - size) == static_cast<ssize_t>(size) &&
         std::equal(marker.begin(), marker.begin() + static_cast<std::ptrdiff_t>(size),
                    bookmark_.marker.begin());
}

void LogFile::Restart() {
  border_ = 0;
  lines_end_ = 0;
  freed_ = 0;
  bookmark_ = {};
  splitter_.Restart();
  decoder_.Restart();
}

// The file's own first line says what it is; `fallback` is the first one that we saw, for a file
// whose start is a hole.
void LogFile::DecideFormat(std::string_view fallback) {
  std::array<char, 256> head{};
  const ssize_t got = ReadAt(head, 0);
  std::string_view first(head.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  decoder_.Decide(first.empty() || first.front() == '\0' ? fallback
                                                         : first.substr(0, first.find('\n')));
}

LineHeads LogFile::Heads() {
  if (!decoder_.decided()) DecideFormat({});
  return LineHeads(decoder_.is_cri());
}

void LogFile::StartAt(std::uint64_t offset, std::uint64_t border) {
  // Back to the start of the line; a line so long that its start is not near is left out.
  std::array<char, LineSplitter::kMaxLine> before;
  const auto reach = std::min<std::uint64_t>(offset, before.size());
  const ssize_t got = ReadAt(std::span(before).first(reach), offset - reach);
  if (got != static_cast<ssize_t>(reach)) return Restart();
  const std::string_view text(before.data(), static_cast<std::size_t>(got));
  const std::size_t lf = text.find_last_of(std::string_view("\n\0", 2));  // or a hole ends
  const bool found = lf != std::string_view::npos || reach == offset;
  const std::uint64_t start = lf != std::string_view::npos ? offset - reach + lf + 1
                              : found                      ? 0
                                                           : offset;
  if (!LoadMarker(start)) return Restart();
  border_ = border;
  lines_end_ = freed_ = start;
  if (start == 0) {
    splitter_.Restart();
  } else {
    splitter_.Resume(!found);
  }
}

void LogFile::Jump(std::uint64_t offset) {
  border_ = 0;
  if (!LoadMarker(offset)) return Restart();
  lines_end_ = offset;
  splitter_.Resume(bookmark_.marker[bookmark_.marker_size - 1] != '\n');
  decoder_.Skip();
}

bool LogFile::ResumeAt(const Bookmark& bookmark, std::uint64_t freed, std::uint64_t border) {
  const bool found = LoadMarker(bookmark.offset) && bookmark_.marker == bookmark.marker;
  if (!found) Restart();
  border_ = border;
  if (!found) return false;
  lines_end_ = bookmark.offset;
  freed_ = freed;
  // An unterminated rest was given out when the file was closed.
  const std::size_t marker = bookmark.marker_size;
  if (marker > 0) splitter_.Resume(bookmark.marker[marker - 1] != '\n');
  return true;
}

std::size_t LogFile::Read(std::size_t budget, std::uint64_t gap_limit, std::span<char> buffer,
                          LineSink& sink, TailCounters& counters) {
  Look();
  const std::uint64_t wanted = std::max(offset(), border_);
  if (size_ > wanted && size_ - wanted > gap_limit) {
    const std::uint64_t target = size_ - std::min(kKeptByJump, gap_limit / 4);
    ++counters.gaps;
    counters.gap_bytes += target - offset();
    Jump(target);
  }

  std::size_t total = 0;
  bool restarted = false;
  while (total < budget) {
    const std::size_t marker = bookmark_.marker_size;
    std::size_t fresh = std::min(buffer.size() - marker, budget - total);
    const bool look_back = offset() < border_;
    if (look_back) fresh = std::min<std::size_t>(fresh, border_ - offset());
    const ssize_t got = ReadAt(buffer.first(marker + fresh), offset() - marker);
    read_error_ = got < 0 ? errno : 0;
    if (got < 0) break;
    const std::string_view text(buffer.data(), static_cast<std::size_t>(got));
    const std::string_view expected(bookmark_.marker.data(), marker);
    if (!text.starts_with(expected)) {
      if (restarted) break;
      restarted = true;
      ++counters.truncations;
      Restart();
      continue;
    }
    if (text.size() == marker) break;

    bookmark_.offset += text.size() - marker;
    bookmark_.marker_size = std::min(text.size(), Bookmark::kMarker);
    std::ranges::copy(text.substr(text.size() - bookmark_.marker_size), bookmark_.marker.begin());
    total += text.size() - marker;
    Tell(text.substr(marker), look_back, sink, counters);
  }
  counters.bytes += total;
  if (total > 0 || restarted) Look();
  return total;
}

void LogFile::Tell(std::string_view text, bool look_back, LineSink& sink, TailCounters& counters) {
  const LineOrigin origin{id_, look_back};
  const auto on_line = [&](std::string_view line) { sink.OnLine(line, origin); };
  if (!decoder_.unfinished()) unfinished_at_ = lines_end_;
  const std::uint64_t cut = splitter_.cut_lines();
  const std::uint64_t cri_cut = decoder_.cut_lines();
  splitter_.Feed(text, [&](std::string_view line) {
    if (!decoder_.decided()) DecideFormat(line);
    decoder_.Decode(line, on_line);
  });
  counters.cut_lines +=
      decoder_.is_cri() ? decoder_.cut_lines() - cri_cut : splitter_.cut_lines() - cut;
  const std::size_t lf = text.rfind('\n');
  if (lf != std::string_view::npos) lines_end_ = offset() - text.size() + lf + 1;
}

void LogFile::Finish(LineSink& sink) {
  const auto on_line = [&](std::string_view line) { sink.OnLine(line, {id_, false}); };
  splitter_.Finish([&](std::string_view line) {
    if (!decoder_.decided()) DecideFormat(line);
    decoder_.Decode(line, on_line);
  });
  decoder_.Finish(on_line);
}

std::uint64_t LogFile::SafeOffset() const {
  const std::uint64_t start = decoder_.unfinished() ? unfinished_at_ : lines_end_;
  return offset() - start > kLongestUnfinished ? offset() : start;
}

Bookmark LogFile::SafeBookmark() const {
  Bookmark safe;
  safe.offset = SafeOffset();
  safe.marker_size = std::min<std::size_t>(safe.offset, Bookmark::kMarker);
  const auto marker = std::span(safe.marker).first(safe.marker_size);
  const ssize_t got = ReadAt(marker, safe.offset - safe.marker_size);
  return got == std::ssize(marker) && MarkerStands() ? safe : Bookmark{};
}

std::uint64_t LogFile::Freeable(std::uint64_t offset) const {
  const std::uint64_t end = (offset - std::min(offset, kKept)) / block_ * block_;
  const std::uint64_t begin = (freed_ + block_ - 1) / block_ * block_;
  return end > begin ? end - begin : 0;
}

Result<void> LogFile::Free(std::uint64_t offset, TailCounters& counters) {
  const std::uint64_t bytes = Freeable(offset);
  if (bytes == 0 || !MarkerStands()) return {};
  const std::uint64_t begin = (freed_ + block_ - 1) / block_ * block_;
  if (auto punched = PunchHole(fd_.get(), begin, begin + bytes); !punched) return punched;
  freed_ = begin + bytes;
  counters.freed_bytes += bytes;
  return {};
}

}  // namespace vitals

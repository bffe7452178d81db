#include "probes/log/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace vitals {
namespace {

// After a jump ahead so much of the newest text is still read.
constexpr std::uint64_t kKeptByJump = 1 << 20;

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

void LogFile::Restart() {
  border_ = 0;
  bookmark_ = {};
  splitter_.Restart();
}

void LogFile::StartAt(std::uint64_t offset, std::uint64_t border) {
  // Back to the start of the line; a line so long that its start is not near is left out.
  std::array<char, LineSplitter::kMaxLine> before;
  const auto reach = std::min<std::uint64_t>(offset, before.size());
  const ssize_t got = ReadAt(std::span(before).first(reach), offset - reach);
  if (got != static_cast<ssize_t>(reach)) return Restart();
  const std::string_view text(before.data(), static_cast<std::size_t>(got));
  const std::size_t lf = text.rfind('\n');
  const bool found = lf != std::string_view::npos || reach == offset;
  const std::uint64_t start = lf != std::string_view::npos ? offset - reach + lf + 1
                              : found                      ? 0
                                                           : offset;
  if (!LoadMarker(start)) return Restart();
  border_ = border;
  if (start == 0) {
    splitter_.Restart();
  } else {
    splitter_.Resume(!found);
  }
}

void LogFile::Jump(std::uint64_t offset) {
  border_ = 0;
  if (!LoadMarker(offset)) return Restart();
  splitter_.Resume(bookmark_.marker[bookmark_.marker_size - 1] != '\n');
}

bool LogFile::ResumeAt(const Bookmark& bookmark) {
  if (!LoadMarker(bookmark.offset) || bookmark_.marker != bookmark.marker) {
    Restart();
    return false;
  }
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
    const std::uint64_t cut = splitter_.cut_lines();
    splitter_.Feed(text.substr(marker),
                   [&](std::string_view line) { sink.OnLine(line, look_back); });
    counters.cut_lines += splitter_.cut_lines() - cut;
  }
  counters.bytes += total;
  if (total > 0 || restarted) Look();
  return total;
}

void LogFile::Finish(LineSink& sink) {
  splitter_.Finish([&](std::string_view line) { sink.OnLine(line, false); });
}

}  // namespace vitals

// LogFile: one open file of a log, read forward. It is known by device and inode and by a marker:
// the up to 32 bytes before the offset, which are read again together with what follows them. A
// marker that is gone means that the file was truncated, even if it has grown past the offset
// since.
//
// Owned by the Tailer; one thread. Never waits; memory is bounded by LineSplitter and LineDecoder.
// Only reads, unless Free is called, which turns blocks that were read into holes.
#pragma once

#include <sys/types.h>

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "agent/core/fd.h"
#include "agent/core/result.h"
#include "probes/log/line_decoder.h"
#include "probes/log/line_splitter.h"

namespace vitals {

struct FileId {
  dev_t device = 0;
  ino_t inode = 0;
  auto operator<=>(const FileId&) const = default;
};

struct LineOrigin {
  FileId file;
  bool look_back = false;  // the line was there before following began
};

// Where lines go.
class LineSink {
 public:
  virtual ~LineSink() = default;
  virtual void OnLine(std::string_view line, const LineOrigin& origin) = 0;
  virtual bool BeginsBoot(std::string_view line) = 0;
};

// Only grow.
struct TailCounters {
  std::uint64_t bytes = 0;
  std::uint64_t rotations = 0;
  std::uint64_t truncations = 0;
  std::uint64_t gaps = 0;
  std::uint64_t gap_bytes = 0;
  std::uint64_t cut_lines = 0;
  std::uint64_t freed_bytes = 0;
};

// A place in a file that can be found again.
struct Bookmark {
  static constexpr std::size_t kMarker = 32;
  std::uint64_t offset = 0;
  std::size_t marker_size = 0;
  std::array<char, kMarker> marker{};
};

class LogFile {
 public:
  // Regular files only: a pipe would let us block the broker.
  static Result<LogFile> Open(const std::string& path);
  // A line that goes on for longer than this may be lost when the agent is killed while it reads.
  static constexpr std::uint64_t kLongestUnfinished = 1 << 20;

  FileId id() const { return id_; }
  int fd() const { return fd_.get(); }
  std::uint64_t offset() const { return bookmark_.offset; }
  std::uint64_t size() const { return size_; }  // as of the last Look
  bool deleted() const { return deleted_; }
  bool at_end() const { return offset() >= size_; }
  const Bookmark& bookmark() const { return bookmark_; }
  std::uint64_t freed() const { return freed_; }  // where the holes end
  int read_error() const { return read_error_; }  // errno of the last read, 0 = it went well

  void Look();  // fstat

  // Goes on at the line that holds `offset`; lines that end before `border` count as look-back.
  void StartAt(std::uint64_t offset, std::uint64_t border);
  // Goes on at a bookmark if it is still there, else at the start. Lines that end before `border`
  // count as look-back.
  bool ResumeAt(const Bookmark& bookmark, std::uint64_t freed, std::uint64_t border);

  // A line of which `predecessor` holds the first parts ends in this file.
  void TakeOver(LogFile& predecessor) { decoder_.TakeOver(predecessor.decoder_); }
  // How lines begin, for a look at a part of the file.
  LineHeads Heads();

  // A place from which nothing that was not told yet is missed; the start if the file was truncated
  // since it was read.
  Bookmark SafeBookmark() const;
  // How much Free would give back if everything were told and saved up to `offset`.
  std::uint64_t Freeable(std::uint64_t offset) const;
  std::uint64_t SafeOffset() const;
  // Gives the blocks before `offset` back to the filesystem, but for the last kKept bytes.
  Result<void> Free(std::uint64_t offset, TailCounters& counters);
  static constexpr std::uint64_t kKept = 4096;

  // Reads at most `budget` bytes and gives their lines to `sink`. When more than `gap_limit` bytes
  // wait, it first jumps ahead to a line near the end. Returns how many bytes it read.
  std::size_t Read(std::size_t budget, std::uint64_t gap_limit, std::span<char> buffer,
                   LineSink& sink, TailCounters& counters);
  // Nothing more will be read: an unterminated rest is the last line.
  void Finish(LineSink& sink);

 private:
  LogFile(Fd fd, FileId id) : fd_(std::move(fd)), id_(id) {}

  ssize_t ReadAt(std::span<char> into, std::uint64_t offset) const;
  bool LoadMarker(std::uint64_t offset);
  bool MarkerStands() const;
  void Jump(std::uint64_t offset);
  void Restart();
  void DecideFormat(std::string_view fallback);
  void Tell(std::string_view text, bool look_back, LineSink& sink, TailCounters& counters);

  Fd fd_;
  FileId id_;
  std::uint64_t size_ = 0;
  bool deleted_ = false;
  std::uint64_t border_ = 0;
  std::uint64_t block_ = kKept;      // the filesystem's
  std::uint64_t lines_end_ = 0;      // after the last line that is complete
  std::uint64_t unfinished_at_ = 0;  // where the decoder's oldest unfinished line may begin
  std::uint64_t freed_ = 0;
  int read_error_ = 0;
  Bookmark bookmark_;
  LineSplitter splitter_;
  LineDecoder decoder_;
};

}  // namespace vitals

// Tailer: follows the files that a set of globs names. Files are known by what they are (LogFile),
// not by what they are called, so that any rotation is one of these: a path leads to a file that is
// read already (nothing to do), to a new one (read from its start), or to none (keep what we have).
//
// A file that no path leads to any more is read on while it grows, because Mosquitto and HiveMQ go
// on writing into a renamed file; it is closed when it was quiet for kGrace and its successor has
// been written to, or it was deleted. The new file is noticed first, then the old one is read to
// its end, then the new one: no line written before the rename is lost. A line that a CRI runtime
// began in the old file and ended in the new one is joined.
//
// Owned by the LogEngine; one thread. Polls, needs no inotify. Bounded: files, bytes a turn,
// memory. A glob must not match copies (copy-truncate's .1): a copy is a new file, and would be
// read.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/time.h"
#include "probes/log/log_file.h"
#include "probes/log/log_state.h"
#include "probes/log/look_back.h"
#include "probes/log/path_finder.h"

namespace vitals {

class Tailer {
 public:
  static constexpr Duration kGrace = std::chrono::seconds(30);
  static constexpr std::size_t kMostFiles = 64;

  Tailer(std::vector<std::string> patterns, std::uint64_t look_back, std::uint64_t gap_limit);

  // Follows only what these globs name; what was open for others is let go.
  void Narrow(std::vector<std::string> patterns);

  // Before the first Scan: files that an earlier life of the agent has read, and how far.
  void Remember(std::vector<KnownFile> known);
  // One of them was found again, as it was.
  bool resumed() const { return resumed_; }

  // Looks where the paths lead. Files found by the first Scan are the past up to their present
  // size.
  void Scan(Time now);

  // Reads at most `budget` bytes; old files first.
  struct Turn {
    std::size_t bytes = 0;
    bool more = false;  // there is more to read at once
  };
  Turn Read(Time now, std::size_t budget, LineSink& sink);

  // Shows the first bytes of each file, without reading them, until `take` says that it is enough.
  void Peek(const std::function<bool(std::string_view head)>& take);

  // How many bytes Free would give back now.
  std::uint64_t freeable() const;
  // Every file that is or was followed, with a place from which nothing is missed.
  std::vector<KnownFile> Known() const;
  // Gives back what lies before those places. After a failure a file is left alone; the first
  // failure stays in trouble().
  void Free(const std::vector<KnownFile>& saved);

  const TailCounters& counters() const { return counters_; }
  std::size_t files() const { return files_.size(); }
  std::uint64_t lag_bytes() const;
  // Why something is not followed, or not freed; empty = all is well.
  const std::string& trouble() const { return trouble_.empty() ? free_trouble_ : trouble_; }

 private:
  struct Path {
    std::string path;
    std::optional<FileId> leads_to;  // the file that it led to when last seen
    bool found = false;              // a file was seen here, ever
  };
  struct File {
    File(LogFile opened, std::size_t index, Time now)
        : log(std::move(opened)), path(index), grew(now) {}

    LogFile log;
    std::size_t path;                   // index of the path that leads, or led, here
    std::optional<LookBack> look_back;  // to do before anything is read
    std::uint64_t border = 0;           // where the past ends
    std::optional<Time> left;           // since when no path leads here
    bool drained = true;                // read to the end since `left`
    Time grew;
    std::optional<FileId> predecessor;  // may hold the start of our first line
    bool free = true;                   // freeing has not failed
  };

  void TakePaths(bool only_these);
  void Follow(std::size_t index, Time now);
  File* FindFile(FileId id);
  void Open(std::size_t index, Time now);
  void Start(File& file);
  void Resume(File& file, const KnownFile& known);
  void FindMoved(Time now);
  bool ReadPast(std::size_t budget, LineSink& sink, Turn& turn);
  void ReadFile(File& file, Time now, std::size_t budget, LineSink& sink, Turn& turn);
  bool MayClose(const File& file, Time now) const;
  void CloseQuiet(Time now, LineSink& sink);
  void Complain(std::string text);

  PathFinder finder_;
  std::uint64_t look_back_;
  std::uint64_t gap_limit_;
  std::vector<Path> paths_;
  std::vector<File> files_;      // in the order in which they were found
  std::deque<KnownFile> known_;  // read, not open: so that a file seen again is not read again
  bool first_scan_ = true;
  bool resumed_ = false;
  TailCounters counters_;
  std::string trouble_, free_trouble_;
  std::vector<char> buffer_;
};

}  // namespace vitals

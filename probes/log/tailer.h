// Tailer: follows the files that a set of globs names. Files are known by what they are (LogFile),
// not by what they are called, so that any rotation is one of these: a path leads to a file that is
// read already (nothing to do), to a new one (read from its start), or to none (keep what we have).
//
// A file that no path leads to any more is read on while it grows, because Mosquitto and HiveMQ go
// on writing into a renamed file; it is closed when it was quiet for kGrace and its successor has
// been written to, or it was deleted. The new file is noticed first, then the old one is read to
// its end, then the new one: no line written before the rename is lost.
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
#include "probes/log/look_back.h"

namespace vitals {

class Tailer {
 public:
  static constexpr Duration kGrace = std::chrono::seconds(30);
  static constexpr Duration kGlobEvery = std::chrono::seconds(1);
  static constexpr std::size_t kMostFiles = 64;

  Tailer(std::vector<std::string> patterns, std::uint64_t look_back, std::uint64_t gap_limit);

  // Follows only what these globs name; what was open for others is let go.
  void Narrow(std::vector<std::string> patterns);

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

  const TailCounters& counters() const { return counters_; }
  std::size_t files() const { return files_.size(); }
  std::uint64_t lag_bytes() const;
  const std::string& trouble() const { return trouble_; }

 private:
  struct Path {
    std::string path;
    std::optional<FileId> leads_to;  // the file that it led to when last seen
    bool found = false;              // a file was seen here, ever
  };
  struct File {
    LogFile log;
    std::size_t path = 0;               // index of the path that leads, or led, here
    std::optional<LookBack> look_back;  // to do before anything is read
    std::uint64_t border = 0;           // where the past ends
    std::optional<Time> left;           // since when no path leads here
    bool drained = true;                // read to the end since `left`
    Time grew{};
  };

  void FindPaths();
  void AddPath(std::string path);
  void Follow(std::size_t index, Time now);
  File* FindFile(FileId id);
  void Open(std::size_t index, Time now);
  bool ReadPast(std::size_t budget, LineSink& sink, Turn& turn);
  void ReadFile(File& file, Time now, std::size_t budget, LineSink& sink, Turn& turn);
  bool MayClose(const File& file, Time now) const;
  void CloseQuiet(Time now, LineSink& sink);
  void Complain(std::string text);

  std::vector<std::string> patterns_;
  std::uint64_t look_back_;
  std::uint64_t gap_limit_;
  std::vector<Path> paths_;
  std::vector<File> files_;                         // in the order in which they were found
  std::deque<std::pair<FileId, Bookmark>> closed_;  // so that a file seen again is not read again
  std::optional<Time> globbed_;
  bool first_scan_ = true;
  TailCounters counters_;
  std::string trouble_, glob_trouble_;
  std::vector<char> buffer_;
};

}  // namespace vitals

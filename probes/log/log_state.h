// LogState: what a follower that frees what it has read must know after a restart, because the
// blocks that say so are holes by then: where each file goes on, and what the log told since the
// last boot marker.
//
// One small JSON file in the state folder, written anew (temporary file, fsync, rename, fsync of
// the folder) before anything is freed. Owned by the LogEngine; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/result.h"
#include "probes/log/log_file.h"

namespace vitals {

struct KnownFile {
  std::string path;  // the last that led to it
  FileId id;
  Bookmark bookmark;        // a line starts here; everything before it was told
  std::uint64_t freed = 0;  // where the holes end
};

struct KnownEvent {
  std::string rule;  // its id
  std::string line;
  std::vector<std::pair<std::string, std::string>> captures;
};

struct LogState {
  std::string profile;
  std::vector<KnownFile> files;
  std::vector<KnownEvent> events;  // since the last boot marker, in their order
};

// A file that is not there is an empty state; one that can't be understood is an error.
Result<LogState> LoadLogState(const std::string& path);
Result<void> SaveLogState(const std::string& path, const LogState& state);

}  // namespace vitals

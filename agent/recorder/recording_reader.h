// RecordingReader: the lines of a recording, one at a time, back into what was put into it. A line
// that can't be read (the last one of an agent that was killed, a bad block of a disk) is skipped
// and counted.
//
// Owned by a replay, one thread. Reads no file: it is given the lines.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/snapshot.h"
#include "agent/recorder/evidence_json.h"
#include "agent/recorder/recording_writer.h"

namespace vitals {

// Longer than any line that is written: a head with what a worker left, all of it quoted.
constexpr std::size_t kMaxRecordLine = 256 << 10;

struct RecordedHead {
  RecordingHead head;
  std::uint64_t part = 0;
  Duration wall_offset{};  // wall time less monotonic time
};

struct RecordedVerdict {
  bool ok = false;
  std::string reason, message;
  bool operator==(const RecordedVerdict&) const = default;
};
struct RecordedVerdicts {
  Time at{};
  std::array<RecordedVerdict, 3> verdicts;  // startup, readiness, liveness
  bool operator==(const RecordedVerdicts&) const = default;
};
RecordedVerdicts ToRecorded(const Snapshot& snapshot);

// Does a file that begins with this line hold a recording?
bool IsRecordingHead(std::string_view line);
Result<RecordedHead> ReadHead(std::string_view line);

class RecordingReader {
 public:
  struct Sinks {
    std::function<void(const Evidence&)> evidence;
    std::function<void(const RecordedVerdicts&)> verdicts;
    std::function<void(std::uint64_t)> lost;
  };

  RecordingReader(std::shared_ptr<const Profile> profile, FindProfile find, Sinks sinks);

  // Another line of the file; heads of later parts are taken as well.
  void Read(std::string_view line);

  std::uint64_t skipped() const { return skipped_; }  // lines that can't be read
  // Why the first of them could not be read; empty = none.
  const std::string& trouble() const { return trouble_; }

 private:
  void ReadTicks(const RecordJson& json);

  EvidenceReader evidence_;
  const Sinks sinks_;
  Duration wall_offset_{};
  std::uint64_t skipped_ = 0;
  std::string trouble_;
};

}  // namespace vitals

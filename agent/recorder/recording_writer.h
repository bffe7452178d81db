// RecordingWriter: turns evidence, and the verdicts that came of it, into the lines of a recording
// (docs/recorder.md). Every tick is kept, because the clocks of the judge live on them; up to ten
// share a line. Verdicts are written when one of them turns or changes its reason, and with a
// failure of liveness what decided it.
//
// Owned by the Recorder, its thread only. Pure: it hands out text and writes nothing.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "agent/core/snapshot.h"
#include "agent/recorder/evidence_json.h"

namespace vitals {

// What the worker before this one left, and when this one took it up (Judge::Resume).
struct Resumption {
  std::string left;
  MachineTime machine;
};

// What each file of a recording begins with, so that it can be read alone.
struct RecordingHead {
  std::string agent;    // version of the program
  std::string profile;  // in force at the beginning of the file
  std::string life;     // the same in all files of one run of the agent, and in no others
  Time began{};         // the judge's own start
  std::string config;   // YAML: what the judge was told besides the policy
  std::string policy;   // YAML: the effective policy
  std::optional<Resumption> resumed = {};  // in the first file only
};

// What the three verdicts say, in short: a recording has a line for each change of it.
using Spoken = std::array<std::pair<bool, Reason>, 3>;
Spoken Speak(const Snapshot& snapshot);

class RecordingWriter {
 public:
  // The least lateness of a loop that is kept: below, nothing judges it.
  static constexpr Duration kLate = std::chrono::milliseconds(20);

  RecordingWriter(RecordingHead head, bool broker_lines);

  // `news` is the snapshot that came of it, null if the last one still holds.
  void Add(const Evidence& evidence, const Snapshot* news);
  // So many pieces could not be kept; so many events were left out because nothing judges them.
  void Lost(std::uint64_t pieces) { Missing("lost", pieces); }
  void Thinned(std::uint64_t events) { Missing("thinned", events); }

  // The lines that are whole by now. With `all`, the ticks that wait for others too.
  std::string Take(bool all = false);
  // The first line of the next file.
  std::string Head(WallTime wall, Time at);

 private:
  void AddTick(const Tick& tick, Time at);
  void EndTicks();
  void Missing(const char* why, std::uint64_t count);
  void AddVerdicts(const Snapshot& snapshot);
  void AddFailure(const Snapshot& snapshot);
  void Line(const RecordJson& json);

  RecordingHead head_;
  bool broker_lines_;
  std::uint64_t part_ = 0;
  std::string lines_;
  RecordJson ticks_;  // the line under way, or null
  Time tick_at_{};
  Duration wall_offset_{};  // wall time less monotonic time, as the reader knows it
  Time at_{};               // of the newest evidence
  std::optional<Spoken> spoken_;
  std::shared_ptr<const FailureEvidence> failure_;
};

}  // namespace vitals

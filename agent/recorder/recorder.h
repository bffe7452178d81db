// Recorder: the flight recorder. It keeps all evidence and every change of a verdict as JSON lines
// in bounded, rotating files below the state folder, so that `mqtt-vitals replay` can judge anew
// what happened before a restart (docs/recorder.md).
//
// Owned by the composition root. Record: the pump's thread; it never waits: a thread named
// "recorder" writes, five times a second, and what its queue or the disk can't take is counted.
// Start and Stop: once each, from one thread. Without a state folder nothing is ever written.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "agent/core/evidence.h"
#include "agent/core/result.h"
#include "agent/core/settings.h"
#include "agent/core/snapshot.h"
#include "agent/recorder/recording_writer.h"
#include "agent/recorder/rotating_files.h"

namespace vitals {

class Recorder {
 public:
  static constexpr std::size_t kPlaces = 8192;
  // Events of rules that touch no condition, no listener and no boot: so many in a second are kept.
  // The judge looks at none of them, and a flood would push out what it does look at.
  static constexpr int kIdleEvents = 20;

  Recorder(const Settings& settings, RecordingHead head, const Clock& clock);
  ~Recorder() { Stop(); }

  // Makes folder and first file; nothing is recorded if that fails or no state folder is set.
  Result<void> Start();
  void Stop();

  // `news` is the snapshot that came of the evidence, null if the last one still holds.
  void Record(const Evidence& evidence, const SnapshotPtr& news);

  std::uint64_t dropped() const { return dropped_; }  // pieces that are missing from the files
  std::uint64_t written() const { return written_; }  // bytes

 private:
  struct Item {
    Evidence evidence;
    SnapshotPtr news;
  };
  bool Thin(const Evidence& evidence, const Snapshot* news);
  // What came in since the recorder's thread last looked.
  struct Turn {
    std::vector<Item> items;
    std::uint64_t lost = 0;
    std::uint64_t thinned = 0;
  };
  void Run(const std::stop_token& stop);
  void Write(const Turn& turn, bool last);

  const bool wanted_;
  const bool broker_lines_;
  RecordingWriter writer_;
  RotatingFiles files_;

  // The pump's alone: what was last said, and the second in which idle events are counted.
  Spoken spoken_{};
  Time idle_since_{};
  int idle_events_ = 0;

  std::mutex mutex_;
  std::condition_variable_any wake_;
  Turn turn_;
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> written_{0};
  std::jthread thread_;
};

}  // namespace vitals

// TerminationMessage: keeps the file of `output.termination_message`: while liveness fails, or
// would, it says why; it is emptied once the broker works again, and stays through a restart of the
// broker and of this agent.
//
// Owned by the app. Publish: the pump's thread, never waits for the disk. Flush: one other thread.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "agent/core/result.h"
#include "agent/core/snapshot.h"

namespace vitals {

class TerminationMessage {
 public:
  explicit TerminationMessage(std::string path) : path_(std::move(path)) {}

  // True: there is something to flush.
  bool Publish(const Snapshot& snapshot);
  // Writes what changed. A path that is not there is made, but for the kubelet's own.
  Result<void> Flush();

 private:
  const std::string path_;
  // The pump's alone.
  std::shared_ptr<const FailureEvidence> failure_;
  bool empty_ = false;

  std::mutex mutex_;
  std::optional<std::string> text_;  // to be written
};

}  // namespace vitals

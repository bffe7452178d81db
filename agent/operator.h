// Operator: does what people ask over the control socket, and says what came of it. A drain or a
// hold becomes evidence for the judge; the answer goes out once the judge has taken it and the next
// worker would know of it, so what was confirmed is not lost by a crash.
//
// Owned by the app. Do: the control server's thread. Taken: the pump's thread, after each command.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "agent/control/protocol.h"
#include "agent/core/evidence.h"
#include "agent/core/snapshot.h"

namespace vitals {

class Operator {
 public:
  // What it needs of the rest of the worker; each from the control server's thread.
  struct Needs {
    std::function<void(Command)> put;
    std::function<SnapshotPtr()> snapshot;
    std::function<std::optional<std::uint32_t>()> clients;
    std::function<Result<void>()> keep;  // the promises, on disk
    std::function<Errors()> reload;
    std::uint32_t generation = 0;
    Duration hold_max{};
  };

  explicit Operator(Needs needs) : needs_(std::move(needs)) {}

  ControlAnswer Do(const ControlRequest& request, const std::string& by);

  // A command has reached the judge, and is kept for the next worker.
  void Taken();

 private:
  ControlAnswer Answer(const ControlRequest& request, const std::string& by);
  ControlAnswer Give(Command command, const std::string& done);
  ControlAnswer Reload();

  const Needs needs_;
  std::mutex mutex_;
  std::condition_variable news_;
  std::uint64_t taken_ = 0;
};

}  // namespace vitals

// Pump: the one thread between sources and outputs. It takes evidence from the queue, adds ticks as
// the judge wants them, lets the judge fold it, and shows each piece and the snapshot that came of
// it to the outputs, in the order in which they were added.
//
// Start and Stop from one thread. Outputs run on the pump's thread and must not block.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "agent/core/evidence.h"
#include "agent/core/settings.h"
#include "agent/core/snapshot.h"
#include "agent/evidence_queue.h"
#include "agent/judge/judge.h"

namespace vitals {

class Pump {
 public:
  using Output = std::function<void(const Evidence&, const SnapshotPtr&)>;

  Pump(const Settings& settings, std::shared_ptr<const Profile> profile, Time began,
       const Clock& clock, EvidenceQueue& queue);
  ~Pump() { Stop(); }

  // Before Start: goes on judging where another process of this machine stopped
  // (agent/judge/judge.h).
  Result<void> Resume(std::string_view saved, const MachineTime& machine) {
    return judge_.Resume(saved, machine);
  }
  // The text for the next such process; from an output only.
  std::string Save() const;
  std::string SavePromises(bool with_drain) const;  // from an output, or after Stop

  void AddOutput(Output output) { outputs_.push_back(std::move(output)); }
  void Start();
  void Stop();

 private:
  void Run(const std::stop_token& stop);
  void Show(const Evidence& evidence);

  const Clock& clock_;
  EvidenceQueue& queue_;
  Judge judge_;
  std::vector<Output> outputs_;
  std::jthread thread_;
};

}  // namespace vitals

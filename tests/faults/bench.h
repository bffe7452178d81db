// Bench: one broker, one agent that watches it with a state folder, and the Watch beside them: what
// a row of the campaign works on. The agent's window is the shortest that can be had.
//
// Owned by a lane, its thread only: programs end with the thread that started them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/faults/kind.h"
#include "tests/faults/watch.h"
#include "tests/support/agent_process.h"
#include "tests/support/net_namespace.h"
#include "tests/support/temp_dir.h"

namespace vitals {

class Bench {
 public:
  explicit Bench(const Kind& kind);

  // Broker and agent run, and the agent says ready; where the kind is cold, only the agent runs.
  Result<void> Start();
  // The fault happens now.
  void Mark() { fault_at_ = std::chrono::steady_clock::now(); }
  Duration SinceFault() const { return std::chrono::steady_clock::now() - fault_at_; }
  void Wait(Duration length) const;

  Broker& broker() { return *broker_; }
  AgentProcess& agent() { return *agent_; }
  const NetNamespace* network() const { return network_ ? &*network_ : nullptr; }
  const Watch& watch() const { return *watch_; }
  Time fault_at() const { return fault_at_; }
  const std::filesystem::path& folder() const { return files_.path(); }

  // Sets the agent's wall clock off by so many seconds.
  void SetAgentClock(const std::string& seconds) const { files_.Write("clock", seconds); }
  // Ends the agent and starts another one with the same state.
  Result<void> RestartAgent();
  void StopAgent();
  // Does a replay of what the agent recorded give exactly what it said?
  std::string ReplayDifference() const;  // empty = exactly

 private:
  std::vector<std::string> Flags() const;
  Result<void> StartAgent();

  const Kind& kind_;
  std::optional<NetNamespace> network_;  // before all that runs in it
  TempDir files_;
  std::unique_ptr<Broker> broker_;
  std::unique_ptr<AgentProcess> agent_;
  std::unique_ptr<Watch> watch_;
  Time fault_at_{};
};

}  // namespace vitals

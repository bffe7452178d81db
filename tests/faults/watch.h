// Watch: what a kubelet would see of an agent, asked every 25 ms from a thread of its own, and
// since when. An agent that does not answer changes nothing: that is the gate's matter.
//
// Owned by a Bench, one thread.
#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "agent/core/time.h"
#include "tests/support/agent_process.h"

namespace vitals {

struct Turned {
  Time at{};
  bool ok = false;
};

class Watch {
 public:
  enum Verdict : std::size_t { kReady, kLive };

  explicit Watch(const AgentProcess& agent);

  // What it was at the first answer, and each change since; oldest first.
  std::vector<Turned> Turns(Verdict verdict) const;

 private:
  void Ask(Verdict verdict, std::uint16_t port, const char* path);

  mutable std::mutex mutex_;
  std::array<std::vector<Turned>, 2> turns_;
  std::jthread thread_;
};

}  // namespace vitals

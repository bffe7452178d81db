#include "tests/faults/watch.h"

#include <chrono>

#include "tests/support/http_get.h"

namespace vitals {

Watch::Watch(const AgentProcess& agent) {
  thread_ = std::jthread([this, port = agent.probe_port()](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      Ask(kReady, port, "/readyz");
      Ask(kLive, port, "/livez");
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
    }
  });
}

void Watch::Ask(Verdict verdict, std::uint16_t port, const char* path) {
  const int status = KubeletGet(port, path).status;
  if (status != 200 && status != 503) return;
  const bool ok = status == 200;
  const std::lock_guard lock(mutex_);
  std::vector<Turned>& turns = turns_[verdict];
  if (turns.empty() || turns.back().ok != ok) {
    turns.push_back({std::chrono::steady_clock::now(), ok});
  }
}

std::vector<Turned> Watch::Turns(Verdict verdict) const {
  const std::lock_guard lock(mutex_);
  return turns_[verdict];
}

}  // namespace vitals

#include "agent/evidence_queue.h"

#include <algorithm>

namespace vitals {

void EvidenceQueue::Promise(Source loop, Time due) {
  due_[static_cast<std::size_t>(loop)].store(due.time_since_epoch().count(),
                                             std::memory_order_relaxed);
}

void EvidenceQueue::Discharge(Source loop) { Promise(loop, Time{}); }

std::array<Duration, kSourceCount> EvidenceQueue::Late(Time now) const {
  std::array<Duration, kSourceCount> late{};
  for (std::size_t i = 0; i < kSourceCount; ++i) {
    const std::int64_t due = due_[i].load(std::memory_order_relaxed);
    if (due == 0) continue;
    late[i] = std::max(Duration{}, now - Time(Duration(due)));
  }
  return late;
}

}  // namespace vitals

// EvidenceQueue: the sink of every source and the in-tray of the pump. It keeps a bounded number of
// pieces, counts what it had to drop, and measures by how much each loop has overrun its promise.
//
// Any thread may Put and Promise; the pump alone takes.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>

#include "agent/core/bounded_queue.h"
#include "agent/core/evidence.h"

namespace vitals {

class EvidenceQueue final : public EvidenceSink {
 public:
  EvidenceQueue() : queue_(kPlaces) {}

  void Put(Evidence evidence) override { queue_.Put(std::move(evidence)); }
  void Promise(Source loop, Time due) override;

  std::deque<Evidence> TakeAll(Time deadline) { return queue_.TakeAll(deadline); }
  std::uint64_t dropped() const { return queue_.dropped(); }
  // By how much each loop is late now; zero for a loop that has not begun or has ended.
  std::array<Duration, kSourceCount> Late(Time now) const;
  // The loop has ended and owes nothing any more.
  void Discharge(Source loop);

 private:
  static constexpr std::size_t kPlaces = 4096;

  BoundedQueue<Evidence> queue_;
  std::array<std::atomic<std::int64_t>, kSourceCount> due_{};  // nanoseconds; 0 = owes nothing
};

}  // namespace vitals

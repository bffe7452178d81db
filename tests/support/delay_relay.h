// DelayRelay: a way to a port of 127.0.0.1 that is so much longer: what either side sends reaches
// the other after a delay, in order. Connects are taken at once, as the kernel of a far machine
// behind a middle box would. One owner; it works on a thread of its own until it goes.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "agent/core/fd.h"
#include "agent/core/time.h"

namespace vitals {

class DelayRelay {
 public:
  DelayRelay(std::uint16_t to, Duration each_way);
  ~DelayRelay();
  DelayRelay(const DelayRelay&) = delete;
  DelayRelay& operator=(const DelayRelay&) = delete;

  std::uint16_t port() const { return port_; }
  // For what is sent from now on; any thread.
  void SetDelay(Duration each_way) { each_way_ = each_way; }

 private:
  void Run();

  const std::uint16_t to_;
  std::atomic<Duration> each_way_;
  Fd listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace vitals

// Time as the agent knows it. Every age, window and deadline lives on CLOCK_MONOTONIC
// (std::chrono::steady_clock on Linux), which stands still while the machine is suspended and never
// steps; wall time is only for showing to people and for stamps in files.
//
// Owner: none, value types and one interface. Any thread may call a Clock.
#pragma once

#include <chrono>
#include <string>

namespace vitals {

using Duration = std::chrono::nanoseconds;
using Time = std::chrono::time_point<std::chrono::steady_clock, Duration>;
using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;

constexpr double Seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

// A moment that means the same to another process of this machine: which boot of the machine, and
// how long after it, suspended time included (/proc/sys/kernel/random/boot_id, CLOCK_BOOTTIME).
struct MachineTime {
  std::string boot_id;
  Duration since_boot{};
};

// Where the parts that need the time get it, so that a test can hold it in its hand.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time Now() const = 0;
  virtual WallTime Wall() const = 0;
};

class SystemClock final : public Clock {
 public:
  Time Now() const override { return std::chrono::steady_clock::now(); }
  WallTime Wall() const override { return std::chrono::system_clock::now(); }
};

}  // namespace vitals

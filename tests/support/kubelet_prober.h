// KubeletProber: asks a probe port as the kubelet does, again and again, on a thread of its own,
// and counts what it got. Starts with its constructor; Stop ends it. Counts may be read after Stop.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "agent/core/time.h"

namespace vitals {

class KubeletProber {
 public:
  KubeletProber(std::uint16_t port, std::string path, Duration interval);
  ~KubeletProber() { Stop(); }

  void Stop();

  std::uint64_t asked() const { return asked_; }
  std::uint64_t passed() const { return passed_; }
  std::uint64_t failed() const { return failed_; }  // answered, but with no success (200 to 399)
  std::uint64_t silent() const { return silent_; }  // refused, reset, or no answer in time
  const std::string& first_failure() const { return first_failure_; }
  Duration Percentile(double share) const;  // of the time to an answer

 private:
  void Run();

  const std::uint16_t port_;
  const std::string path_;
  const Duration interval_;
  std::uint64_t asked_ = 0, passed_ = 0, failed_ = 0, silent_ = 0;
  std::string first_failure_;
  std::vector<Duration> times_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace vitals

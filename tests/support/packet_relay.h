// PacketRelay: a wire of a test's own, on which single packets can be held up. Whoever connects to
// 10.9.0.2 meets the listener of that port on 10.9.0.1: the relay turns the addresses of each
// packet around. It is the only way to delay a SYN where the kernel has no netem. Wants a
// NetNamespace around it, and root. One owner; it works on a thread of its own until it goes.
//
// Sources: Linux, Documentation/networking/tuntap.rst; RFC 791 section 3.1; RFC 9293 section 3.1.
#pragma once

#include <mutex>
#include <thread>
#include <vector>

#include "agent/core/fd.h"
#include "agent/core/time.h"

namespace vitals {

class PacketRelay {
 public:
  static constexpr const char* kHere = "10.9.0.1";
  static constexpr const char* kThere = "10.9.0.2";

  // Each answer to a SYN waits so long.
  explicit PacketRelay(Duration syn_delay);
  ~PacketRelay();
  PacketRelay(const PacketRelay&) = delete;
  PacketRelay& operator=(const PacketRelay&) = delete;

  bool works() const { return thread_.joinable(); }
  // How long each of them has waited in fact; oldest first.
  std::vector<Duration> Delays() const;

 private:
  bool Open();
  void Run();

  const Duration syn_delay_;
  Fd tunnel_;
  Fd stop_;
  mutable std::mutex mutex_;
  std::vector<Duration> delays_;
  std::thread thread_;
};

}  // namespace vitals

// SlowNames: a name server on 127.0.0.1 to which every name stands for one IPv4 address, and which
// takes its time. Wants a NetNamespace around it, for port 53, and a resolv.conf that names it. One
// owner; it works on a thread of its own until it goes.
//
// Source: RFC 1035 section 4.
#pragma once

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "agent/core/fd.h"
#include "agent/core/time.h"

namespace vitals {

class SlowNames {
 public:
  // The text of resolv.conf: one question at a time, to this server only.
  static constexpr const char* kResolvConf = "nameserver 127.0.0.1\noptions single-request\n";

  // Each question for an IPv4 address waits so long.
  SlowNames(const char* address, Duration delay);
  ~SlowNames();
  SlowNames(const SlowNames&) = delete;
  SlowNames& operator=(const SlowNames&) = delete;

  // How long each of them has waited in fact; oldest first.
  std::vector<Duration> Delays() const;

 private:
  void Run();

  const std::string address_;  // in network order
  const Duration delay_;
  Fd socket_;
  Fd stop_;
  mutable std::mutex mutex_;
  std::vector<Duration> delays_;
  std::thread thread_;
};

}  // namespace vitals

// Attack: what a port on the network may meet, all of it at once: a crowd of clients that send a
// byte now and then, requests that are never finished, headers of 1 MiB, many requests in one
// piece, connections that are reset. Against one port of 127.0.0.1, from two threads, from its
// constructor until its end.
#pragma once

#include <atomic>
#include <cstdint>
#include <latch>
#include <thread>

namespace vitals::bench {

class Attack {
 public:
  static constexpr int kCrowd = 500;

  explicit Attack(std::uint16_t port);
  ~Attack();

  // Until each of the crowd has knocked once; what became of it then is the port's own doing.
  void AwaitCrowd() const { crowd_is_here_.wait(); }
  // How many connections it has begun.
  std::uint64_t connections() const { return connections_; }

 private:
  void BeSlow();
  void BeRude();

  const std::uint16_t port_;
  std::atomic<std::uint64_t> connections_{0};
  std::atomic<bool> stop_{false};
  std::latch crowd_is_here_{1};
  std::thread slow_, rude_;
};

}  // namespace vitals::bench

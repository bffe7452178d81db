// A follower in a process of its own that can be killed at any moment: a LogEngine with
// log.reclaim, which marks each line "L<number> ..." that it is told in memory shared with the
// test.
//
// Owned by one test, one thread; made before the process has other threads.
#pragma once

#include <semaphore.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace vitals {

class KilledFollower {
 public:
  KilledFollower(std::string log, std::string state_dir, std::size_t lines);
  ~KilledFollower();
  KilledFollower(const KilledFollower&) = delete;
  KilledFollower& operator=(const KilledFollower&) = delete;

  void Start();
  void Kill();  // SIGKILL, and waits for the end

  bool WaitForTurn();
  // Waits until all of the first `lines` lines were seen in some life; false = not within 30 s.
  bool WaitFor(std::size_t lines);
  // The first line that was never seen among the first `lines`; `lines` = none.
  std::size_t FirstMissing(std::size_t lines);

 private:
  struct Shared;

  [[noreturn]] void Run() const;

  const std::string log_, state_dir_;
  const std::size_t size_;
  Shared* shared_;
  std::uint8_t* seen_;
  std::size_t all_seen_ = 0;  // every line before this one
  pid_t pid_ = -1;
};

}  // namespace vitals

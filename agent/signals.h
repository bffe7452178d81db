// Signals: SIGTERM, SIGINT and SIGHUP as events of the main thread, and a way for other threads to
// wake it. Made before any thread starts, so that every thread has them blocked.
//
// Wait: the main thread. Wake: any thread.
#pragma once

#include "agent/core/fd.h"
#include "agent/core/result.h"
#include "agent/core/time.h"

namespace vitals {

class Signals {
 public:
  enum class Event { kTerminate, kReload, kWoken, kTimeout };

  static Result<Signals> Block();

  // The next event; kTimeout after `limit`, which a signal cuts short.
  Event Wait(Duration limit);
  void Wake() const;

 private:
  Signals(Fd signals, Fd wake) : signals_(std::move(signals)), wake_(std::move(wake)) {}

  Fd signals_;
  Fd wake_;
};

}  // namespace vitals

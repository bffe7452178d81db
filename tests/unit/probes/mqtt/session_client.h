// SessionClient: one session of the Paho adapter, as the tests of it and of the relay hold it:
// opens it and waits for what its bell tells. A base of their fixtures; one thread.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>

#include "probes/mqtt/paho_session.h"

namespace vitals::mqtt {

class SessionClient {
 protected:
  void Open(std::uint16_t port) {
    spec_.endpoint.port = port;
    spec_.client_id = "mqvr-test-1";
    spec_.topic = "t";
    auto session = sessions_.Open(spec_);
    ASSERT_TRUE(session);
    session_ = std::move(*session);
  }

  // Waits for the bell until `done` or 10 s have passed.
  template <typename Done>
  SessionState WaitFor(Done done) {
    const Time limit = clock_.Now() + std::chrono::seconds(10);
    SessionState state = session_->State();
    while (!done(state) && clock_.Now() < limit) {
      bell_.SleepUntil(limit);
      state = session_->State();
    }
    EXPECT_TRUE(done(state)) << "phase " << static_cast<int>(state.phase);
    return state;
  }
  SessionState WaitForOpen() {
    return WaitFor([](const SessionState& s) { return s.phase == SessionState::Phase::kOpen; });
  }
  Failure WaitForEnd() {
    return WaitFor([](const SessionState& s) { return s.failure.has_value(); })
        .failure.value_or(Failure{});
  }

  SystemClock clock_;
  KernelFarEnd far_end_;
  OwnSockets own_sockets_;
  Bell bell_;
  PahoSessions sessions_{own_sockets_, far_end_, clock_, bell_};
  SessionSpec spec_;
  std::unique_ptr<Session> session_;
};

}  // namespace vitals::mqtt

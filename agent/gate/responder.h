// The probe front: answers the kubelet's HTTP probes (docs/http.md), and a load balancer that asks
// on a port of its own (docs/haproxy.md). One epoll set, a fixed table of connections; no
// third-party library and no allocation on the way of a request. Every connection is closed after
// one answer.
//
// Owned by the gate, which calls Turn on its one thread whenever fd() is readable or NextDeadline
// has come. It never waits.
//
// What the kubelet sends and expects: kubernetes pkg/probe/http (a new connection for each probe,
// `Connection: close`, 200 <= status < 400 is success, one second for all of it).
#pragma once

#include <array>
#include <functional>

#include "agent/core/fd.h"
#include "agent/core/result.h"
#include "agent/core/time.h"
#include "agent/gate/answer.h"
#include "agent/gate/connection_table.h"

namespace vitals {

class Responder {
 public:
  // As many as the kernel lets wait (net.core.somaxconn): one more is dropped, and comes back after
  // a second, which is all that a probe has.
  static constexpr int kBacklog = 4096;

  // What stands at the moment of an answer.
  using Verdicts = std::function<Standing(Time now)>;

  // Non-blocking sockets in state LISTEN.
  struct Listeners {
    Fd probe;
    Fd agent_check;  // none = nobody asks
  };
  static Result<Responder> Make(Listeners listeners, const Clock& clock, Verdicts verdicts);

  int fd() const { return epoll_.get(); }
  Time NextDeadline() const;  // Time::max() = none
  void Turn();

 private:
  enum Door : std::size_t { kProbe, kAgentCheck, kDoors };

  Responder(Listeners listeners, Fd epoll, const Clock& clock, Verdicts verdicts);

  void DropOverdue();
  void Accept(Door door);
  void PauseAccepting(bool paused);
  bool WatchDoors(int operation, std::uint32_t events) const;
  void Serve(ProbeConnection& connection);
  void Read(ProbeConnection& connection);
  void Answer(ProbeConnection& connection, const ParsedLine& line);
  void AnswerCheck(ProbeConnection& connection);
  void Reply(ProbeConnection& connection, std::string_view bytes);
  void Write(ProbeConnection& connection);
  void Finish(ProbeConnection& connection);
  void Drain(ProbeConnection& connection);

  const Clock& clock_;
  Verdicts verdicts_;
  std::array<Fd, kDoors> listeners_;
  Fd epoll_;
  Fd spare_;
  ConnectionTable connections_;
  bool accepting_ = true;
  Time accept_again_{};
};

}  // namespace vitals

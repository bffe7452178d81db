// The probe front: answers the kubelet's HTTP probes (docs/http.md) from the newest snapshot. One
// thread named "gate", one epoll set, a fixed table of connections; no third-party library and no
// allocation on the way of a request. Every connection is closed after one answer.
//
// Owned by the composition root. Listen, Start and Stop: one thread, once each. Publish: any
// thread. It knows nothing but the snapshot that it was given last, and never calls back; so it can
// live in a process of its own.
//
// What the kubelet sends and expects: kubernetes pkg/probe/http (a new connection for each probe,
// `Connection: close`, 200 <= status < 400 is success, one second for all of it).
#pragma once

#include <memory>
#include <mutex>
#include <thread>

#include "agent/core/fd.h"
#include "agent/core/result.h"
#include "agent/core/settings.h"
#include "agent/core/snapshot.h"
#include "agent/core/time.h"
#include "agent/gate/connection_table.h"

namespace vitals {

class Responder {
 public:
  // A port that is taken, or an address that this machine has not, is an Error.
  static Result<std::unique_ptr<Responder>> Listen(const Address& address, const Clock& clock);
  ~Responder();

  void Start();
  void Stop();  // closes the port
  void Publish(SnapshotPtr snapshot);
  Address bound() const;

 private:
  Responder(Fd listener, Fd epoll, Fd wake, const Clock& clock);

  void Run();
  int WaitMilliseconds();
  void DropOverdue();
  void Accept();
  void PauseAccepting(bool paused);
  void Serve(ProbeConnection& connection);
  void Read(ProbeConnection& connection);
  void Answer(ProbeConnection& connection, const ParsedLine& line);
  void Write(ProbeConnection& connection);
  void Drain(ProbeConnection& connection);

  const Clock& clock_;
  Fd listener_;
  Fd epoll_;
  Fd wake_;
  Fd spare_;
  ConnectionTable connections_;
  bool accepting_ = true;
  Time accept_again_{};
  std::thread thread_;

  std::mutex mutex_;
  SnapshotPtr snapshot_;  // under mutex_
};

}  // namespace vitals

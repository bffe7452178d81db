// Relay: carries one session of the client library to a listener that the library can't reach as we
// want it: behind a PROXY header, TLS, WebSocket, a unix socket, a host name. The library speaks
// plain MQTT to a loopback port of ours; all else is done, timed and explained by the code that the
// listener probe uses as well.
//
// Owned by one session. It has a thread ("relay") that waits for bytes and nothing else; the broker
// is dialled when the library has spoken, so that it never sees a client that says nothing. Each
// direction holds a bounded number of bytes. The port takes one connection, and only from this
// process. Methods are called on the thread of the round-trip probe.
//
// The thread ends by itself when either side does, or with this object, which never waits for the
// broker.
#pragma once

#include <memory>
#include <mutex>
#include <thread>

#include "agent/core/fd.h"
#include "agent/core/result.h"
#include "agent/core/settings.h"
#include "probes/mqtt/bell.h"
#include "probes/mqtt/far_end.h"
#include "probes/mqtt/outward.h"

namespace vitals::mqtt {

class Relay {
 public:
  // The references outlive it. The bell rings when the broker's side has come on or has ended.
  static Result<std::unique_ptr<Relay>> Open(const EndpointSettings& endpoint,
                                             OwnSockets& own_sockets, FarEndView& view,
                                             const Clock& clock, Bell& bell);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  // Does this endpoint need one?
  static bool IsNeeded(const EndpointSettings& endpoint);

  // Where the library shall connect to.
  const SocketAddress& address() const { return address_; }
  OutwardState State() const;
  // kNotLooked while we have sent nothing.
  FarEndLook LookAtFarEnd();
  // Bytes of the broker have not been read.
  bool BytesAtOurEnd() const;

 private:
  Relay(const EndpointSettings& endpoint, OwnSockets& own_sockets, FarEndView& view,
        const Clock& clock, Bell& bell);
  Result<void> Listen();
  void Run();
  bool AcceptLibrary();
  void Carry(Outward& outward);
  // False = the library has closed.
  bool TakeFromLibrary(Outward& outward);
  void GiveToLibrary(std::string& bytes);
  void Show(const Outward& outward);

  const EndpointSettings endpoint_;
  OwnSockets& own_sockets_;
  const Clock& clock_;
  Bell& bell_;
  FarEndWatch watch_;  // of the owner's thread
  SocketAddress address_;
  Fd listener_;
  Fd library_;
  Fd stop_;
  Fd wake_;
  mutable std::mutex mutex_;
  OutwardState state_;
  int broker_fd_ = -1;  // open while it is here
  std::thread thread_;
};

}  // namespace vitals::mqtt

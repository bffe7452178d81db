// PahoSessions: opens sessions through the Paho MQTT C++ client (paho_client.h).
//
// The library's deadlines, reconnects and error texts are not used: it connects once, with an
// explicit protocol version, to a numeric address, and without TLS or WebSocket of its own (for
// those it gets a Relay); and whoever owns the session judges its silence. Destroying a client
// takes the library 100 to 200 ms (1 s at most), so that is left to a thread of our own, the
// reaper.
//
// Made and destroyed by the round-trip probe. Everything given to it must outlive it.
#pragma once

#include <memory>

#include "agent/core/time.h"
#include "probes/mqtt/bell.h"
#include "probes/mqtt/far_end.h"
#include "probes/mqtt/own_sockets.h"
#include "probes/mqtt/session.h"

namespace vitals::mqtt {

class PahoReaper;

class PahoSessions final : public SessionFactory {
 public:
  PahoSessions(OwnSockets& own_sockets, FarEndView& far_end, const Clock& clock, Bell& bell);
  // Waits for the clients that are being destroyed.
  ~PahoSessions() override;

  Result<std::unique_ptr<Session>> Open(const SessionSpec& spec) override;

 private:
  OwnSockets& own_sockets_;
  FarEndView& far_end_;
  const Clock& clock_;
  Bell& bell_;
  std::unique_ptr<PahoReaper> reaper_;
};

}  // namespace vitals::mqtt

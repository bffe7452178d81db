// PahoClient: one client of the Paho MQTT C++ library, its one connection, and what it has told so
// far. This header and paho_session.cc are the only places that include the library.
//
// Its owner, a PahoSession, calls it on the thread of the round-trip probe; the library's callbacks
// run on the library's own thread. Both meet in this object. A callback notes what happened, rings
// the bell and never throws, since an exception there ends the process.
//
// Sources: MQTT 3.1.1 sections 3.1 to 3.9; MQTT 5.0 sections 3.1.2.11, 3.2.2.3, 3.3.2.3, 3.14.2.
#pragma once

#include <mqtt/async_client.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "probes/mqtt/bell.h"
#include "probes/mqtt/relay.h"
#include "probes/mqtt/session.h"
#include "probes/mqtt/standing_socket.h"

namespace vitals::mqtt {

namespace paho = ::mqtt;

class PahoClient final : public paho::callback, public paho::iaction_listener {
 public:
  // Connects to `to`: the broker's listener, or `relay` where there is one.
  PahoClient(const SessionSpec& spec, const SocketAddress& to, std::unique_ptr<Relay> relay,
             OwnSockets& own_sockets, FarEndView& view, const Clock& clock, Bell& bell);

  void Connect();
  void Publish(const std::string& payload);
  // Says DISCONNECT if there is anybody to say it to, within `limit`; null if not.
  paho::token_ptr SayGoodbye(std::chrono::milliseconds limit);
  // Why connect failed, in the library's words; on the owner's thread.
  std::string ConnectError() const;
  StandingSocket& socket() { return socket_; }  // for the owner's thread
  Relay* relay() const { return relay_.get(); }

  SessionState State() const;
  std::vector<ReceivedMessage> TakeMessages();

 private:
  // The tokens tell themselves apart by their type only, so the phase does.
  void on_success(const paho::token& token) override;
  void on_failure(const paho::token& token) override;
  void connection_lost(const std::string& cause) override;
  void message_arrived(paho::const_message_ptr message) override;
  void OnDisconnect(const paho::properties& properties, paho::ReasonCode reason);

  void NoteLimits(const paho::token& connected);
  void End(Failure failure);
  Failure ConnectFailure(const paho::token& token) const;
  // Runs `work(now)` under the lock, stops its exceptions and rings.
  template <typename Work>
  void Note(Work work) noexcept;

  // Claimed until the client is destroyed, so that its successor does not take it for its own.
  StandingSocket socket_;
  const SessionSpec spec_;
  const Clock& clock_;
  Bell& bell_;
  mutable std::mutex mutex_;
  SessionState state_;
  std::vector<ReceivedMessage> messages_;
  std::size_t maximum_packet_ = SIZE_MAX;  // that the broker takes
  Time step_at_{};
  paho::token_ptr connect_token_;
  std::unique_ptr<Relay> relay_;  // carries the client's last words
  paho::async_client client_;     // last: it is destroyed first, and with it the callbacks end
};

}  // namespace vitals::mqtt

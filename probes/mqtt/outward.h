// Outward: the side of a Relay that faces the broker, as a state machine that never waits: the
// host's name, connect(2), the PROXY header, the handshakes of TLS and WebSocket, then bytes of
// MQTT both ways. Each step is timed from the end of the one before.
//
// Belongs to one Relay and its thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/evidence.h"
#include "agent/core/fd.h"
#include "agent/core/settings.h"
#include "probes/mqtt/layer.h"
#include "probes/mqtt/lookup.h"
#include "probes/mqtt/own_sockets.h"
#include "probes/mqtt/socket_address.h"
#include "probes/mqtt/tls_context.h"

namespace vitals::mqtt {

// How far it has come.
struct OutwardState {
  bool dialled = false;
  Stage stage = Stage::kTcp;        // the one under way; kSession once it has answered
  StageTimes stages{};              // of those that are over
  std::optional<SocketAddress> to;  // none for a unix socket; of several, the one that is tried
  std::optional<SocketPair> pair;   // none before it is connected, and for a unix socket
  bool spoken = false;              // bytes of ours have been sent
  std::optional<Failure> failure;   // why it ended
  bool operator==(const OutwardState& other) const;
};

class Outward {
 public:
  // All of them outlive it. `wake` is an eventfd that is written to when a name is resolved.
  Outward(const EndpointSettings& endpoint, OwnSockets& own_sockets, const Clock& clock, int wake);
  ~Outward();
  Outward(const Outward&) = delete;
  Outward& operator=(const Outward&) = delete;

  void Start();
  // After `wake` was written to.
  void TakeAddresses();
  // MQTT for the broker; kept until the way is open.
  void Send(std::string_view bytes);
  // The last polite words; nothing is sent after them.
  void SayGoodbye();

  // -1 while there is none.
  int fd() const { return socket_.get(); }
  // What poll(2) shall wait for.
  short Events() const;
  // Does what has become possible.
  void Drive();

  const OutwardState& state() const { return state_; }
  bool Ended() const { return state_.failure.has_value(); }
  bool HasRoom() const;
  std::string& from_broker() { return up_; }

 private:
  void MakeLayers();
  void DialNext();
  void Dial();
  void FinishTcp();
  void FailToConnect(int error);
  void OpenNextLayer();
  void Take(std::string_view bytes);
  void PassDown(std::size_t layer, std::string bytes);
  void Read();
  void Flush();
  void FinishStage(Stage next);
  void Fail(Failure failure);
  void FailWith(FailReason reason, std::string detail = {});

  const EndpointSettings& endpoint_;
  OwnSockets& own_sockets_;
  const Clock& clock_;
  const int wake_;
  std::shared_ptr<Lookup> lookup_;
  std::vector<SocketAddress> addresses_;  // to be tried after state_.to, the next one last
  TlsContext tls_;
  std::vector<std::unique_ptr<Layer>> layers_;  // the lowest first
  std::size_t open_layers_ = 0;
  Fd socket_;
  Time stage_at_{};
  int send_error_ = 0;
  std::string waiting_;  // for the way to be open
  std::string down_;     // for the socket
  std::string up_;       // for the library
  OutwardState state_;
};

}  // namespace vitals::mqtt

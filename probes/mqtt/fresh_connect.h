// FreshConnect: one connection of a new client, from the host's name to CONNACK, as a state machine
// that never waits. On success it says DISCONNECT; in any case it closes its socket when it has
// ended.
//
// Stages: kResolve for a host name, kTcp, kProxy for a PROXY header, then each Layer that the
// scheme asks for (kTls, kUpgrade), then kConnack. Each is timed from the end of the one before.
//
// Belongs to one ListenerEndpoint and the listener's thread; its descriptor is in the epoll set of
// that thread while it is open.
//
// Sources: connect(2) for non-blocking sockets; MQTT 3.1.1 section 3.1 (no packet but CONNECT
// before CONNACK).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/evidence.h"
#include "agent/core/fd.h"
#include "agent/core/settings.h"
#include "probes/mqtt/connack.h"
#include "probes/mqtt/far_end.h"
#include "probes/mqtt/layer.h"
#include "probes/mqtt/lookup.h"
#include "probes/mqtt/own_sockets.h"
#include "probes/mqtt/socket_address.h"
#include "probes/mqtt/tls_context.h"

namespace vitals::mqtt {

class TlsLayer;

// Where to connect and what to say. What is referred to outlives the connection.
struct ConnectPlan {
  const EndpointSettings& endpoint;
  TlsContext& tls;                       // used where the scheme wants TLS
  std::vector<SocketAddress> addresses;  // tried in turn; empty for a unix socket
  std::shared_ptr<Lookup> lookup;        // finds the addresses of a host name, else none
  std::string connect_packet;
};

// What a connection lives in; outlives it.
struct ConnectRoom {
  int epoll = -1;
  int wake = -1;          // an eventfd in that epoll set
  std::uint32_t tag = 0;  // data of its epoll events
  OwnSockets& own_sockets;
  FarEndView& far_end;
  const Clock& clock;
};

class FreshConnect {
 public:
  FreshConnect(std::uint64_t serial, ConnectPlan plan, ConnectRoom room);
  ~FreshConnect();
  FreshConnect(const FreshConnect&) = delete;
  FreshConnect& operator=(const FreshConnect&) = delete;

  // Goes as far as it can without waiting; true once the connection has ended.
  bool Drive();
  // Gives up on a silent connection, for the reason that its far end showed last.
  void Abandon();

  // Asks the kernel about the broker's end.
  FarEndLook LookAtFarEnd();
  // ... and about the connections that others have to where this one goes.
  Bystanders LookAtOthers() const;
  // A SYN that found the accept queue full was dropped, and the kernel repeats it more and more
  // seldom: a new one finds the end of the silence sooner. The broker notices neither.
  void Redial();
  bool BytesAtOurEnd() const;

  std::uint64_t serial() const { return serial_; }
  Time opened_at() const { return opened_at_; }
  Time waiting_since() const { return stage_at_; }
  Stage stage() const { return stage_; }
  bool reacted() const { return reacted_; }
  FarEnd far_end() const { return watch_.last().far_end; }
  const StageTimes& stages() const { return stages_; }
  const Connack* connack() const;                                     // none = none came
  const std::optional<Failure>& failure() const { return failure_; }  // once ended
  // What to report: while it is still silent (kSoft), or once it has ended.
  ConnectEvidence Report(EndpointId endpoint, ConnectEvidence::Grade grade) const;

 private:
  Failure Silence() const;
  void MakeLayers();
  void Dial();
  bool Advance();
  bool FinishLookup();
  bool FinishTcp();
  bool ReadOn();
  Stage NextStage() const;
  void FinishStage(Stage next);
  void BeginStage();
  void Deliver(std::size_t level, std::string_view bytes);
  void TakeMqtt(std::string_view bytes);
  void SendBelow(std::size_t level, std::string bytes);
  void Flush();
  void SayGoodbye();
  void NoteReaction();
  void End(std::optional<Failure> failure);
  void FailWith(int error);
  std::string HintAtProxy() const;

  const std::uint64_t serial_;
  ConnectPlan plan_;
  const ConnectRoom room_;
  FarEndWatch watch_;
  std::vector<std::unique_ptr<Layer>> layers_;  // from the socket upwards
  const TlsLayer* tls_layer_ = nullptr;         // one of them
  std::size_t open_ = 0;                        // so many of them are open
  Fd socket_;
  std::size_t address_ = 0;  // the one that is tried
  Stage stage_ = Stage::kTcp;
  Time opened_at_;
  Time stage_at_;
  StageTimes stages_{};
  std::string outbox_;  // for the socket
  int send_error_ = 0;  // what the peer had to say before may still be read
  ConnackParser parser_;
  bool ended_ = false;
  bool reacted_ = false;
  std::optional<Failure> failure_;
};

}  // namespace vitals::mqtt

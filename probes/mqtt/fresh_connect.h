// FreshConnect: one connection of a new client, from connect(2) to CONNACK, as a state machine that
// never waits. On success it says DISCONNECT; in any case it closes its socket when it has ended.
//
// Stages: kTcp, then those that the scheme asks for (kProxy, kTls, kUpgrade take their place
// between the two in Advance), then kConnack. Each is timed from the end of the one before.
//
// Belongs to one ListenerEndpoint and the listener's thread; its descriptor is in the epoll set of
// that thread while it is open.
//
// Sources: connect(2) for non-blocking sockets; MQTT 3.1.1 section 3.1 (no packet but CONNECT
// before CONNACK).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/core/evidence.h"
#include "agent/core/fd.h"
#include "probes/mqtt/connack.h"
#include "probes/mqtt/far_end.h"
#include "probes/mqtt/own_sockets.h"
#include "probes/mqtt/socket_address.h"

namespace vitals::mqtt {

// Where to connect and what to say.
struct ConnectPlan {
  SocketAddress to;
  bool via_proxy = false;
  int mqtt_version = 4;
  std::string connect_packet;
};

// What a connection lives in; outlives it.
struct ConnectRoom {
  int epoll = -1;
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
  // A SYN that found the accept queue full was dropped, and the kernel repeats it more and more
  // seldom: a new one finds the end of the silence sooner. The broker notices neither.
  void Redial();
  bool BytesAtOurEnd() const;

  std::uint64_t serial() const { return serial_; }
  Time opened_at() const { return opened_at_; }
  Time waiting_since() const { return stage_at_; }
  bool reacted() const { return reacted_; }
  FarEnd far_end() const { return watch_.last().far_end; }
  const StageTimes& stages() const { return stages_; }
  const std::optional<Failure>& failure() const { return failure_; }  // once ended
  // The failure to report while it is still silent.
  Failure Silence() const;

 private:
  void Dial();
  bool Advance();
  void FinishStage(Stage next);
  bool FinishTcp();
  bool ReadConnack();
  void End(std::optional<Failure> failure);
  void FailWith(int error);

  const std::uint64_t serial_;
  const ConnectPlan plan_;
  const ConnectRoom room_;
  FarEndWatch watch_;
  Fd socket_;
  Stage stage_ = Stage::kTcp;
  Time opened_at_;
  Time stage_at_;
  StageTimes stages_{};
  ConnackParser parser_;
  bool ended_ = false;
  bool reacted_ = false;
  std::optional<Failure> failure_;
};

}  // namespace vitals::mqtt

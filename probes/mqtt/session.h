// Session: one standing MQTT connection with one subscription, from its opening to its end, seen
// from outside the client library. It opens itself, is never reopened, and after its end only tells
// what it was. SessionFactory opens them.
//
// Owned by one RoundTripEndpoint; all methods are called on the thread of the round-trip probe,
// return at once and never throw. An implementation rings the bell it was made with whenever its
// state changes or a message comes. Destroying a session closes it, without waiting for the broker.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/evidence.h"
#include "agent/core/failure.h"
#include "agent/core/result.h"
#include "agent/core/settings.h"
#include "agent/core/time.h"
#include "probes/mqtt/far_end.h"

namespace vitals::mqtt {

// Of a session's connection. At least twice the longest liveness window that is usual, so that it
// is never us who end a silence.
inline constexpr std::chrono::seconds kSessionKeepAlive{150};

struct SessionSpec {
  EndpointSettings endpoint;  // where, how and as who; mqtt_version is 4 or 5
  std::string client_id;
  std::string topic;  // subscribed to and published to
  int qos = 0;
  std::chrono::seconds keep_alive = kSessionKeepAlive;
};

struct SessionState {
  enum class Phase : std::uint8_t {
    kConnecting,
    kSubscribing,
    kOpen,
    kEnded,
  };
  Phase phase = Phase::kConnecting;
  Stage stage = Stage::kConnack;  // what is waited for; kSession once it is open
  StageTimes stages{};            // how long the steps of its opening took
  std::optional<std::chrono::seconds> server_keep_alive;  // the broker's wish (MQTT 5)
  std::uint64_t answers = 0;  // CONNACK, SUBACK, PUBACK, messages, DISCONNECT: counts what came
  std::optional<Failure> failure;          // why it ended
  std::optional<Failure> publish_failure;  // the newest publish was refused
};

struct ReceivedMessage {
  std::string payload;
  Time at{};
  bool retained = false;
};

class Session {
 public:
  virtual ~Session() = default;
  virtual SessionState State() = 0;
  // kOpen only; a failure shows in State.
  virtual void Publish(const std::string& payload) = 0;
  virtual std::vector<ReceivedMessage> TakeMessages() = 0;
  virtual FarEndLook LookAtFarEnd() = 0;
  // An answer lies in our own socket and has not been read yet, or the newest message has not left
  // us: the silence is the agent's own.
  virtual bool BytesAtOurEnd() = 0;
};

class SessionFactory {
 public:
  virtual ~SessionFactory() = default;
  virtual Result<std::unique_ptr<Session>> Open(const SessionSpec& spec) = 0;
};

}  // namespace vitals::mqtt

// The answer to CONNECT: an incremental parser with a fixed bound, and what its codes mean.
//
// ConnackParser belongs to one connection and its thread. It never looks past the first packet,
// never keeps more than kMaximumPacket bytes, and takes whatever the peer sends without harm.
//
// Sources: MQTT 3.1.1 section 3.2; MQTT 5.0 sections 2.4, 3.2, 3.14.2.1. An old broker answers a
// level that it does not know in its own old format: MQTT 5 clients must take the two-byte CONNACK
// as well.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/failure.h"

namespace vitals::mqtt {

struct Connack {
  std::uint8_t code = 0;
  bool session_present = false;
  std::optional<std::uint16_t> server_keep_alive_s;
  std::string reason_string;     // printable, at most 200 bytes
  std::string server_reference;  // printable, at most 200 bytes
};

// None = let in.
std::optional<FailReason> ReasonOfConnack(int version, std::uint8_t code);

// The broker refuses this very client, and may count how often it has to.
bool IsUnwelcome(FailReason reason);

// Why the broker ended a connection that stood, by the code of its MQTT 5 DISCONNECT.
FailReason ReasonOfDisconnect(std::uint8_t code);

// What to tell people: the code in hexadecimal, then what the broker wrote.
std::string Describe(const Connack& connack);

// Any text of a broker, made fit for logs and pages: at most 200 bytes of printable ASCII.
std::string Printable(std::string_view text);

class ConnackParser {
 public:
  enum class State : std::uint8_t { kNeedMore, kMalformed, kDone };

  explicit ConnackParser(int version) : version_(version) {}

  State Feed(std::string_view bytes);

  State state() const { return state_; }
  const Connack& connack() const { return connack_; }  // after kDone
  const char* problem() const { return problem_; }     // after kMalformed

 private:
  State Malformed(const char* problem);
  State ParseBody(std::string_view body);
  bool ParseProperties(std::string_view properties);

  const int version_;
  State state_ = State::kNeedMore;
  const char* problem_ = "";
  std::string buffer_;
  Connack connack_;
};

}  // namespace vitals::mqtt

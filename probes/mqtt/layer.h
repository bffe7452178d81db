// Layer: what stands between a socket and MQTT, seen from one connection: TLS, a WebSocket. It
// shakes hands first and then carries bytes both ways. It does no I/O: bytes from below are given
// to it, and it appends what it has to say.
//
// Belongs to one FreshConnect and its thread. Takes whatever the peer sends without harm, keeps a
// bounded number of bytes, and after kFailed is only asked for its failure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/core/failure.h"

namespace vitals::mqtt {

class Layer {
 public:
  enum class State : std::uint8_t { kOpening, kOpen, kFailed };

  virtual ~Layer() = default;
  virtual Stage stage() const = 0;
  // The first words of the handshake; called once.
  virtual void Open(std::string& down) = 0;
  // Takes bytes from below. What they carry goes up, once the layer is open.
  virtual State Receive(std::string_view bytes, std::string& down, std::string& up) = 0;
  // Only once it is open.
  virtual void Send(std::string_view bytes, std::string& down) = 0;
  // The polite last words, if there are any.
  virtual void Close(std::string& down) = 0;
  virtual const Failure& failure() const = 0;
};

}  // namespace vitals::mqtt

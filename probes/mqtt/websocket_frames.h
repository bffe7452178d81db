// Frames of a WebSocket, the client's side: what we send is masked, what comes is taken apart.
//
// FrameReader belongs to one connection. It keeps at most one frame of kMaximumPayload bytes.
//
// Source: RFC 6455 sections 5.1 to 5.5; MQTT 3.1.1 section 6 (binary frames only; a packet may span
// frames, and a frame may hold several packets).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vitals::mqtt {

enum class Opcode : std::uint8_t {
  kContinuation = 0x0,
  kText = 0x1,
  kBinary = 0x2,
  kClose = 0x8,
  kPing = 0x9,
  kPong = 0xA,
};

// Normal closure, RFC 6455 section 7.4.1.
inline constexpr std::string_view kCloseNormal("\x03\xE8", 2);

// One whole frame of at most 65535 bytes.
std::string EncodeFrame(Opcode opcode, std::string_view payload, std::uint32_t mask);

struct Frame {
  Opcode opcode = Opcode::kBinary;
  std::string payload;
};

class FrameReader {
 public:
  static constexpr std::size_t kMaximumPayload = 8192;

  void Feed(std::string_view bytes) { buffer_.append(bytes); }
  // The next whole frame; none: more bytes are needed, or problem() is set and stays.
  std::optional<Frame> Next();
  const char* problem() const { return problem_; }  // nullptr = none

 private:
  std::optional<Frame> Break(const char* problem);

  std::string buffer_;
  bool in_message_ = false;  // a fragment came that was not the last one
  const char* problem_ = nullptr;
};

}  // namespace vitals::mqtt

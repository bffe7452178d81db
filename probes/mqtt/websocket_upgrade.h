// The opening handshake of a WebSocket for MQTT: the request that a client sends, and whether what
// came back is the right answer to it.
//
// Pure functions; any thread. UpgradeReply belongs to one connection and keeps at most kMaximumHead
// bytes.
//
// Source: RFC 6455 sections 4.1 and 4.2.2; MQTT 3.1.1 section 6 (subprotocol "mqtt").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vitals::mqtt {

// A nonce as it stands in Sec-WebSocket-Key, and what a server has to answer to it.
std::string EncodeKey(std::string_view sixteen_bytes);
std::string AcceptOf(std::string_view key);

std::string EncodeUpgrade(std::string_view host, std::string_view path, std::string_view key);

class UpgradeReply {
 public:
  enum class State : std::uint8_t { kNeedMore, kAccepted, kStatus, kInvalid };
  static constexpr std::size_t kMaximumHead = 8192;

  explicit UpgradeReply(std::string_view key) : accept_(AcceptOf(key)) {}

  State Feed(std::string_view bytes);
  State state() const { return state_; }
  // For people: the status line (kStatus), or what is wrong (kInvalid); printable.
  const std::string& detail() const { return detail_; }
  // What came behind the head, after kAccepted.
  std::string TakeRest();

 private:
  State Invalid(std::string detail);
  State Judge(std::string_view head);

  const std::string accept_;
  std::string buffer_;
  std::string detail_;
  State state_ = State::kNeedMore;
};

}  // namespace vitals::mqtt

#include "probes/mqtt/connack.h"

#include <algorithm>
#include <array>
#include <bitset>

#include "probes/mqtt/wire.h"

namespace vitals::mqtt {
namespace {

constexpr std::size_t kMaximumText = 200;

std::uint8_t Byte(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

// Takes the front of `bytes`; false if it is shorter.
bool Take(std::string_view& bytes, std::size_t size, std::string_view& out) {
  if (bytes.size() < size) return false;
  out = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return true;
}

// A string or binary data: two bytes of length, then so many bytes.
bool TakeString(std::string_view& bytes, std::string_view& out) {
  std::string_view length;
  return Take(bytes, 2, length) && Take(bytes, Byte(length, 0) * 256u + Byte(length, 1), out);
}

struct Length {
  enum class State : std::uint8_t { kNeedMore, kMalformed, kDone } state;
  std::size_t value = 0;
  std::size_t bytes = 0;  // that it took
};

// Variable byte integer, MQTT 5.0 section 1.5.5: at most four bytes.
Length ParseLength(std::string_view bytes) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    if (i >= bytes.size()) return {Length::State::kNeedMore};
    value |= static_cast<std::size_t>(Byte(bytes, i) & 0x7F) << (7 * i);
    if ((Byte(bytes, i) & 0x80) == 0) return {Length::State::kDone, value, i + 1};
  }
  return {Length::State::kMalformed};
}

// Size of the value of a CONNACK property (MQTT 5.0 section 3.2.2.3) of fixed size; 0 = another
// kind.
std::size_t FixedSize(std::uint8_t id) {
  switch (id) {
    case 0x24:  // Maximum QoS
    case 0x25:  // Retain Available
    case 0x28:  // Wildcard Subscription Available
    case 0x29:  // Subscription Identifiers Available
    case 0x2A:  // Shared Subscription Available
      return 1;
    case 0x13:  // Server Keep Alive
    case 0x21:  // Receive Maximum
    case 0x22:  // Topic Alias Maximum
      return 2;
    case 0x11:  // Session Expiry Interval
    case 0x27:  // Maximum Packet Size
      return 4;
    default:
      return 0;
  }
}

constexpr std::uint8_t kUserProperty = 0x26;

bool IsString(std::uint8_t id) {
  constexpr std::array<std::uint8_t, 6> kIds{0x12,   // Assigned Client Identifier
                                             0x15,   // Authentication Method
                                             0x16,   // Authentication Data
                                             0x1A,   // Response Information
                                             0x1C,   // Server Reference
                                             0x1F};  // Reason String
  return std::find(kIds.begin(), kIds.end(), id) != kIds.end();
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string out(text.substr(0, kMaximumText));
  for (char& c : out) {
    if (c < 0x20 || c > 0x7E) c = '?';
  }
  return out;
}

ConnackParser::State ConnackParser::Malformed(const char* problem) {
  problem_ = problem;
  buffer_.clear();
  return state_ = State::kMalformed;
}

ConnackParser::State ConnackParser::Feed(std::string_view bytes) {
  if (state_ != State::kNeedMore) return state_;
  buffer_.append(bytes.substr(0, kMaximumPacket - buffer_.size()));
  if (buffer_.empty()) return state_;
  if (Byte(buffer_, 0) != 0x20) return Malformed("the first byte is not CONNACK's");
  const Length length = ParseLength(std::string_view(buffer_).substr(1));
  if (length.state == Length::State::kMalformed) return Malformed("bad remaining length");
  if (length.state == Length::State::kNeedMore) return state_;
  const std::size_t header = 1 + length.bytes;
  if (length.value < 2) return Malformed("CONNACK too short");
  if (length.value != 2 && version_ < 5) return Malformed("CONNACK too long");
  if (header + length.value > kMaximumPacket) return Malformed("CONNACK too long");
  if (buffer_.size() < header + length.value) return state_;
  return ParseBody(std::string_view(buffer_).substr(header, length.value));
}

ConnackParser::State ConnackParser::ParseBody(std::string_view body) {
  // Bits 7 to 1 of the flags are reserved (MQTT 3.1.1 section 3.2.2.1).
  if ((Byte(body, 0) & 0xFE) != 0) return Malformed("reserved CONNACK flags set");
  connack_.session_present = (Byte(body, 0) & 0x01) != 0;
  connack_.code = Byte(body, 1);
  body.remove_prefix(2);
  if (!body.empty()) {
    const Length length = ParseLength(body);
    if (length.state != Length::State::kDone || length.bytes + length.value != body.size()) {
      return Malformed("bad length of properties");
    }
    if (!ParseProperties(body.substr(length.bytes))) return Malformed("bad property");
  }
  buffer_.clear();
  return state_ = State::kDone;
}

bool ConnackParser::ParseProperties(std::string_view properties) {
  std::bitset<256> seen;
  while (!properties.empty()) {
    const std::uint8_t id = Byte(properties, 0);
    properties.remove_prefix(1);
    // Only the user property may come twice (MQTT 5.0 section 3.2.2.3).
    if (seen[id] && id != kUserProperty) return false;
    seen.set(id);
    std::string_view value;
    if (const std::size_t size = FixedSize(id); size > 0) {
      if (!Take(properties, size, value)) return false;
    } else if (IsString(id)) {
      if (!TakeString(properties, value)) return false;
    } else if (id == kUserProperty) {
      if (!TakeString(properties, value) || !TakeString(properties, value)) return false;
    } else {
      return false;
    }
    if (id == 0x13) {
      connack_.server_keep_alive_s =
          static_cast<std::uint16_t>(Byte(value, 0) * 256 + Byte(value, 1));
    }
    if (id == 0x1F) connack_.reason_string = Printable(value);
    if (id == 0x1C) connack_.server_reference = Printable(value);
  }
  return true;
}

}  // namespace vitals::mqtt

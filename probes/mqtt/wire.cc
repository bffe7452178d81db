#include "probes/mqtt/wire.h"

#include <string_view>

namespace vitals::mqtt {
namespace {

constexpr std::size_t kMaximumString = 65535;

// CONNECT flags, MQTT 3.1.1 section 3.1.2.3.
constexpr unsigned kCleanStart = 0x02;
constexpr unsigned kHasPassword = 0x40;
constexpr unsigned kHasUsername = 0x80;

// Properties, MQTT 5.0 section 2.2.2.2.
constexpr unsigned kSessionExpiry = 0x11;
constexpr unsigned kRequestProblemInformation = 0x17;
constexpr unsigned kUserProperty = 0x26;
constexpr unsigned kMaximumPacketSize = 0x27;

void PutByte(std::string& out, unsigned value) { out.push_back(static_cast<char>(value & 0xFF)); }

void PutU16(std::string& out, std::size_t value) {
  PutByte(out, static_cast<unsigned>(value >> 8));
  PutByte(out, static_cast<unsigned>(value));
}

void PutU32(std::string& out, std::uint32_t value) {
  PutU16(out, value >> 16);
  PutU16(out, value & 0xFFFF);
}

void PutString(std::string& out, std::string_view text) {
  text = text.substr(0, kMaximumString);
  PutU16(out, text.size());
  out.append(text);
}

// Variable byte integer, MQTT 5.0 section 1.5.5.
void PutLength(std::string& out, std::size_t value) {
  do {
    const auto digit = static_cast<unsigned>(value % 128);
    value /= 128;
    PutByte(out, value > 0 ? digit | 0x80 : digit);
  } while (value > 0);
}

std::string ConnectProperties() {
  std::string out;
  PutByte(out, kSessionExpiry);
  PutU32(out, 0);
  PutByte(out, kMaximumPacketSize);
  PutU32(out, kMaximumPacket);
  PutByte(out, kRequestProblemInformation);
  PutByte(out, 1);
  PutByte(out, kUserProperty);
  PutString(out, kMarkName);
  PutString(out, kMarkValue);
  return out;
}

}  // namespace

std::string EncodeConnect(const ConnectOptions& options) {
  // MQTT 3.1.1 has no password without a user name [MQTT-3.1.2-22]; MQTT 5 has.
  const bool has_username = !options.username.empty() || (options.password && options.version < 5);
  unsigned flags = kCleanStart;
  if (has_username) flags |= kHasUsername;
  if (options.password) flags |= kHasPassword;

  std::string body;
  PutString(body, "MQTT");
  PutByte(body, static_cast<unsigned>(options.version));
  PutByte(body, flags);
  PutU16(body, options.keep_alive_s);
  if (options.version >= 5) {
    const std::string properties = ConnectProperties();
    PutLength(body, properties.size());
    body += properties;
  }
  PutString(body, options.client_id);
  if (has_username) PutString(body, options.username);
  if (options.password) PutString(body, *options.password);

  std::string packet;
  PutByte(packet, 0x10);
  PutLength(packet, body.size());
  return packet + body;
}

std::string EncodeDisconnect() { return {'\xE0', '\0'}; }

}  // namespace vitals::mqtt

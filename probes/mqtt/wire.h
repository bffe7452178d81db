// The two MQTT packets that the listener probe writes: CONNECT and DISCONNECT, for MQTT 3.1.1
// (protocol level 4) and MQTT 5 (level 5). Pure functions; any thread; no I/O.
//
// Sources: MQTT 3.1.1 sections 2.2.3, 3.1, 3.14; MQTT 5.0 sections 1.5.5, 2.2.2, 3.1, 3.14.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace vitals::mqtt {

// The largest packet we let the broker send us, told to it in MQTT 5 (section 3.1.2.11.4).
inline constexpr std::uint32_t kMaximumPacket = 4096;

// The user property (MQTT 5.0 section 3.1.2.11.8) that marks our traffic as synthetic.
inline constexpr const char* kMarkName = "synthetic";
inline constexpr const char* kMarkValue = "mqtt-vitals";

struct ConnectOptions {
  int version = 4;  // 4 or 5
  std::string client_id;
  std::string username;
  std::optional<std::string> password;
  std::uint16_t keep_alive_s = 60;
};

// Clean session or clean start, no will; in MQTT 5 also: session expiry 0, maximum packet size,
// problem information wanted, our mark. Strings are cut at 65535 bytes, the limit of their length.
std::string EncodeConnect(const ConnectOptions& options);

// The same two bytes in both versions: MQTT 5 lets reason code 0 and the properties go.
std::string EncodeDisconnect();

}  // namespace vitals::mqtt

#include "tests/faults/crowd.h"

#include <utility>

namespace vitals {
namespace {

std::string Length(std::size_t value) {
  std::string bytes;
  do {
    const auto low = static_cast<char>(value % 128);
    value /= 128;
    bytes += value > 0 ? static_cast<char>(low | '\x80') : low;
  } while (value > 0);
  return bytes;
}

std::string Text(const std::string& text) {
  const auto size = text.size();
  return std::string{static_cast<char>(size >> 8), static_cast<char>(size & 0xff)} + text;
}

std::string Packet(char head, const std::string& body) {
  return std::string(1, head) + Length(body.size()) + body;
}

}  // namespace

std::string ConnectPacket(const std::string& client_id) {
  // Protocol level 4, clean session, keep alive of a quarter of an hour.
  return Packet('\x10', Text("MQTT") + std::string("\x04\x02\x03\x84", 4) + Text(client_id));
}

std::string RetainedPacket(const std::string& topic, std::size_t bytes) {
  return Packet('\x31', Text(topic) + std::string(bytes, 'x'));
}

std::size_t Crowd::Come(std::size_t clients, Duration limit) {
  const Time deadline = std::chrono::steady_clock::now() + limit;
  std::size_t opened = 0;
  for (; opened < clients && std::chrono::steady_clock::now() < deadline; ++opened) {
    auto connection = Connection::Open(port_, std::chrono::milliseconds(200));
    if (!connection) break;
    connection->Send(ConnectPacket("crowd-" + std::to_string(connections_.size())));
    connections_.push_back(std::move(*connection));
  }
  return opened;
}

bool FillStore(std::uint16_t port, int messages, std::size_t size, Duration limit) {
  const auto connection = Connection::Open(port, limit);
  if (!connection || !connection->Send(ConnectPacket("filler"))) return false;
  if (connection->Read(4).size() != 4) return false;
  std::string bytes;
  for (int i = 0; i < messages; ++i) {
    bytes += RetainedPacket("fill/" + std::to_string(i), size);
    if (bytes.size() < 256 * 1024 && i + 1 < messages) continue;
    if (!connection->Send(bytes)) return false;
    bytes.clear();
  }
  // The answer to a ping says that all before it was taken.
  return connection->Send(std::string("\xc0\x00", 2)) && connection->Read(2).size() == 2;
}

}  // namespace vitals

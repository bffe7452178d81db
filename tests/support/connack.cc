#include "tests/support/connack.h"

#include <atomic>
#include <string>
#include <string_view>

#include "tests/support/connection.h"

namespace vitals {

namespace {

// Another client each time: NATS makes one wait that comes back at once.
std::string NextClientId() {
  static std::atomic<unsigned> number = 0;
  return "asked" + std::to_string(1000 + number++ % 9000);
}

}  // namespace

std::optional<int> AskConnack(std::uint16_t port, Duration limit, std::string_view preamble) {
  using std::string_view_literals::operator""sv;
  constexpr std::string_view kConnect = "\x10\x15\x00\x04MQTT\x04\x02\x00\x0a\x00\x09"sv;
  constexpr std::string_view kDisconnect = "\xe0\x00"sv;
  const auto connection = Connection::Open(port, limit);
  // One write: RabbitMQ wants the whole header in the first segment.
  const std::string hello = std::string(preamble).append(kConnect) + NextClientId();
  if (!connection || !connection->Send(hello)) return std::nullopt;
  const auto answer = connection->Read(4);
  if (answer.size() != 4 || answer[0] != '\x20') return std::nullopt;
  connection->Send(kDisconnect);
  return answer[3];
}

}  // namespace vitals

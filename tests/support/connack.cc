#include "tests/support/connack.h"

#include <string_view>

#include "tests/support/connection.h"

namespace vitals {

std::optional<int> AskConnack(std::uint16_t port, Duration limit) {
  using std::string_view_literals::operator""sv;
  constexpr std::string_view kConnect =
      "\x10\x11\x00\x04MQTT\x04\x02\x00\x0a\x00\x05"
      "asked"sv;
  constexpr std::string_view kDisconnect = "\xe0\x00"sv;
  const auto connection = Connection::Open(port, limit);
  if (!connection || !connection->Send(kConnect)) return std::nullopt;
  const auto answer = connection->Read(4);
  if (answer.size() != 4 || answer[0] != '\x20') return std::nullopt;
  connection->Send(kDisconnect);
  return answer[3];
}

}  // namespace vitals

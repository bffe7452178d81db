// ConnackParser on whatever a peer may send: it ends with a verdict that does not depend on how the
// bytes arrive, and its texts are fit for logs. The first byte chooses version and size of pieces.
#include <algorithm>
#include <string>
#include <string_view>

#include "probes/mqtt/connack.h"
#include "tests/fuzz/fuzz.h"

using vitals::mqtt::ConnackParser;

namespace {

bool IsPrintable(const std::string& text) {
  return text.size() <= 200 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7E; });
}

ConnackParser Parse(std::string_view bytes, int version, std::size_t piece) {
  ConnackParser parser(version);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    parser.Feed(bytes.substr(0, piece));
  }
  return parser;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const int version = (data[0] & 1) != 0 ? 5 : 4;
  const ConnackParser whole = Parse(bytes, version, std::max<std::size_t>(bytes.size(), 1));
  const ConnackParser pieces = Parse(bytes, version, 1 + data[0] / 2);
  vitals::Require(whole.state() == pieces.state());
  vitals::Require(std::string_view(whole.problem()) == pieces.problem());
  if (whole.state() == ConnackParser::State::kDone) {
    const auto& connack = whole.connack();
    vitals::Require(connack.code == pieces.connack().code);
    vitals::Require(IsPrintable(connack.reason_string) && IsPrintable(connack.server_reference));
    vitals::Require(vitals::mqtt::ReasonOfConnack(version, connack.code).has_value() ==
                    (connack.code != 0));
  }
  return 0;
}

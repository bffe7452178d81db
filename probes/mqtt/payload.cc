#include "probes/mqtt/payload.h"

#include <array>
#include <charconv>

namespace vitals::mqtt {
namespace {

std::string Head(const Identity& identity) {
  std::array<char, 16> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), identity.nonce, 16).ptr;
  return std::string(digits.data(), end) + " " + identity.instance + " ";
}

}  // namespace

std::string EncodePayload(const Identity& identity, std::uint64_t sequence) {
  return Head(identity) + std::to_string(sequence);
}

std::optional<std::uint64_t> SequenceOf(const Identity& identity, std::string_view payload) {
  const std::string head = Head(identity);
  if (payload.size() > kMaximumPayload || !payload.starts_with(head)) return std::nullopt;
  payload.remove_prefix(head.size());
  std::uint64_t sequence = 0;
  const char* end = payload.data() + payload.size();
  const auto [stop, error] = std::from_chars(payload.data(), end, sequence);
  if (error != std::errc() || stop != end) return std::nullopt;
  return sequence;
}

}  // namespace vitals::mqtt

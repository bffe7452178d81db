// The payload of a round: who sent it and which one it is, so that a message is only ever taken for
// what it is. "NONCE INSTANCE SEQUENCE", printable, at most 64 bytes.
//
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "probes/mqtt/identity.h"

namespace vitals::mqtt {

inline constexpr std::size_t kMaximumPayload = 64;

std::string EncodePayload(const Identity& identity, std::uint64_t sequence);

// The sequence of a payload of ours; none for anybody else's.
std::optional<std::uint64_t> SequenceOf(const Identity& identity, std::string_view payload);

}  // namespace vitals::mqtt

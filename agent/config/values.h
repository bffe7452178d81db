// Text to typed values and back: what a person may write for a duration, a size, an address. The
// same readers serve the file, the environment and the flags, so a value means the same everywhere.
//
// Pure functions, any thread. Their errors carry message and remedy; the caller knows the place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/result.h"
#include "agent/core/settings.h"
#include "agent/core/time.h"

namespace vitals {

Result<bool> ReadBool(std::string_view text);                  // true, false
Result<int> ReadInt(std::string_view text, int min, int max);  // 42
Result<Duration> ReadDuration(std::string_view text);          // 250ms, 5s, 10m, 1h
Result<std::uint64_t> ReadSize(std::string_view text);         // 64MiB, 16 KiB, 512B
Result<Address> ReadAddress(std::string_view text);            // [::]:9461, :9462
Result<std::string> ReadIdentifier(std::string_view text);     // [a-z0-9_]+
Result<int> ReadMqttVersion(std::string_view text);            // 3.1.1 (4) or 5

// As above, within limits.
Result<Duration> ReadDuration(std::string_view text, Duration min, Duration max);
Result<std::uint64_t> ReadSize(std::string_view text, std::uint64_t min, std::uint64_t max);

// In quotes for a message, cut if it is long.
std::string Quoted(std::string_view text);

// In the form that the readers take, in the largest unit that says it exactly. Durations of this
// program are whole milliseconds.
std::string PrintDuration(Duration value);
std::string PrintSize(std::uint64_t bytes);
std::string PrintMqttVersion(int version);

// The known name that `text` most likely means; empty if none is near.
std::string_view Nearest(std::string_view text, const std::vector<std::string_view>& known);
// "did you mean 'x'?", or the list of what is known.
std::string Suggest(std::string_view text, const std::vector<std::string_view>& known);
// The index of `text` in `known`.
Result<std::size_t> ReadChoice(std::string_view text, const std::vector<std::string_view>& known);

// One of the names of an enum of agent/core, values `first` to `count` - 1.
template <typename Enum>
Result<Enum> ReadEnum(std::string_view text, std::size_t count, std::size_t first = 0) {
  std::vector<std::string_view> names;
  for (std::size_t i = first; i < count; ++i) names.push_back(Name(static_cast<Enum>(i)));
  return ReadChoice(text, names).map([first](std::size_t index) {
    return static_cast<Enum>(index + first);
  });
}

}  // namespace vitals

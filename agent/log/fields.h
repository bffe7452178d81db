// The vocabulary of the agent's own log: levels, typed fields, and the place to write to. The text
// of a line is constant, what varies is in fields, so that lines can be searched and counted.
//
// Value types, any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace vitals {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError };
inline constexpr std::size_t kLogLevelCount = 4;
std::string_view Name(LogLevel level);
std::optional<LogLevel> FindLogLevel(std::string_view name);

struct FieldGroup;
// Groups: a list of objects, each with fields of its own.
using FieldValue =
    std::variant<bool, std::int64_t, std::uint64_t, double, std::string, std::vector<FieldGroup>>;
using Fields = std::vector<std::pair<std::string_view, FieldValue>>;  // keys are constants
struct FieldGroup {
  Fields fields;
};

using LogWriter = std::function<void(LogLevel level, std::string_view text, const Fields& fields)>;

}  // namespace vitals

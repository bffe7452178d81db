#include "agent/log/fields.h"

#include "agent/core/names.h"

namespace vitals {
namespace {

constexpr NameTable<LogLevel, kLogLevelCount> kLevels{{"debug", "info", "warn", "error"}};

}  // namespace

std::string_view Name(LogLevel level) { return kLevels.Name(level); }
std::optional<LogLevel> FindLogLevel(std::string_view name) { return kLevels.Find(name); }

}  // namespace vitals

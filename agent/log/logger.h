// Logger: the agent's own log, one JSON object a line: `ts` (RFC 3339, UTC, ms), `level`, `msg`,
// then the fields in their order. A caller never waits: lines go into a bounded queue, a thread
// named "log" writes them, and when the reader at the other end stands still the oldest are dropped
// and counted.
//
// Owned by the composition root. Write and dropped: any thread. Stop: once; it writes what is
// queued, for half a second at most, and is called by the destructor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "agent/core/time.h"
#include "agent/log/fields.h"

namespace vitals {

// The line without its end. Bytes that are no UTF-8 become U+FFFD.
std::string LogLine(WallTime at, LogLevel level, std::string_view text, const Fields& fields);

class Logger {
 public:
  static constexpr std::size_t kPlaces = 1024;

  // Writes to `fd`, which stays the caller's. Lines below `level` are left out.
  Logger(LogLevel level, int fd, const Clock& clock);
  ~Logger();

  void Write(LogLevel level, std::string_view text, const Fields& fields = {});
  void Debug(std::string_view text, const Fields& fields = {}) {
    Write(LogLevel::kDebug, text, fields);
  }
  void Info(std::string_view text, const Fields& fields = {}) {
    Write(LogLevel::kInfo, text, fields);
  }
  void Warn(std::string_view text, const Fields& fields = {}) {
    Write(LogLevel::kWarn, text, fields);
  }
  void Error(std::string_view text, const Fields& fields = {}) {
    Write(LogLevel::kError, text, fields);
  }
  std::uint64_t dropped() const;
  void Stop();

 private:
  struct Impl;
  LogLevel level_;
  const Clock& clock_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vitals

// FdSink: writes whole lines to a descriptor, and waits for a reader that stands still only as long
// as nobody wants to stop. The descriptor is not made non-blocking, since that would change it for
// every process that shares it: poll(2) tells when a pipe takes PIPE_BUF bytes (pipe(7)).
//
// Owned by the Logger, written by its thread alone; Finish from any thread.
#pragma once

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <cstdint>
#include <string_view>

#include "agent/core/fd.h"
#include "agent/core/time.h"

namespace vitals {

class FdSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit FdSink(int fd);

  // From now on a line that can't be written within `grace` is dropped.
  void Finish(Duration grace);
  std::uint64_t dropped() const { return dropped_; }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}
  bool WriteAll(std::string_view bytes);
  bool WaitWritable();

  const int fd_;
  Fd finish_;  // an eventfd: becomes readable when Finish is called
  std::atomic<Time> deadline_{Time::max()};
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace vitals

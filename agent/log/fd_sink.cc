#include "agent/log/fd_sink.h"

#include <limits.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

namespace vitals {
namespace {

Time Now() { return std::chrono::steady_clock::now(); }

}  // namespace

FdSink::FdSink(int fd) : fd_(fd), finish_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

void FdSink::Finish(Duration grace) {
  deadline_ = Now() + grace;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(finish_.get(), &one, sizeof one);
}

void FdSink::sink_it_(const spdlog::details::log_msg& message) {
  std::string line(message.payload.data(), message.payload.size());
  line += '\n';
  if (!WriteAll(line)) ++dropped_;
}

// Pieces of PIPE_BUF, so that a write after a successful wait never blocks.
bool FdSink::WriteAll(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!WaitWritable()) return false;
    const auto wrote = ::write(fd_, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
    if (wrote < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (wrote < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return true;
}

bool FdSink::WaitWritable() {
  for (;;) {
    const Time deadline = deadline_;
    const bool finishing = deadline != Time::max();
    int left = -1;
    if (finishing) {
      const auto time = std::chrono::ceil<std::chrono::milliseconds>(deadline - Now());
      left = static_cast<int>(std::max<std::int64_t>(0, time.count()));
    }
    std::array<pollfd, 2> fds{{{fd_, POLLOUT, 0}, {finishing ? -1 : finish_.get(), POLLIN, 0}}};
    const int ready = ::poll(fds.data(), fds.size(), left);
    if (ready < 0 && errno != EINTR) return false;
    if (ready == 0) return false;  // the time to finish is over
    // A pipe without a reader is "writable" too, and would raise SIGPIPE.
    if (ready > 0 && fds[0].revents != 0) return fds[0].revents == POLLOUT;
  }
}

}  // namespace vitals

#include "agent/http/bounded_stream.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace vitals {
namespace {

constexpr Duration kRequestTime = std::chrono::seconds(1);
constexpr Duration kExchangeTime = std::chrono::seconds(5);
constexpr Duration kCloseTime = std::chrono::milliseconds(200);
constexpr std::size_t kRequestBytes = 16 * 1024;

// Real time on purpose: these are deadlines of sockets, which no injected clock moves.
Time Now() { return std::chrono::steady_clock::now(); }

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

BoundedStream::BoundedStream(Fd fd, int stop)
    : fd_(std::move(fd)),
      stop_(stop),
      read_deadline_(Now() + kRequestTime),
      write_deadline_(Now() + kExchangeTime) {}

bool BoundedStream::Wait(short events, Time deadline) const {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Now()).count();
    if (left <= 0) return false;
    std::array<pollfd, 2> fds{{{fd_.get(), events, 0}, {stop_, POLLIN, 0}}};
    const int ready = ::poll(fds.data(), fds.size(), static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    return ready > 0 && fds[1].revents == 0;
  }
}

ssize_t BoundedStream::read(char* to, size_t size) {
  while (begin_ == end_) {
    if (taken_ >= kRequestBytes) return -1;
    const auto got =
        ::recv(fd_.get(), buffer_.data(), std::min(buffer_.size(), kRequestBytes - taken_), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && WouldBlock()) {
      if (!Wait(POLLIN, read_deadline_)) return -1;
      continue;
    }
    if (got <= 0) return got;
    begin_ = 0;
    end_ = static_cast<std::size_t>(got);
    taken_ += end_;
  }
  const std::size_t count = std::min(size, end_ - begin_);
  std::memcpy(to, buffer_.data() + begin_, count);
  begin_ += count;
  return static_cast<ssize_t>(count);
}

ssize_t BoundedStream::write(const char* from, size_t size) {
  for (;;) {
    const auto sent = ::send(fd_.get(), from, size, MSG_NOSIGNAL);
    if (sent >= 0) return sent;
    if (errno == EINTR) continue;
    if (!WouldBlock() || !Wait(POLLOUT, write_deadline_)) return -1;
  }
}

// Nothing here asks who the other side is.
void BoundedStream::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

void BoundedStream::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

void BoundedStream::Finish() {
  if (::shutdown(fd_.get(), SHUT_WR) != 0) return;
  const Time deadline = Now() + kCloseTime;
  for (;;) {
    const auto got = ::recv(fd_.get(), buffer_.data(), buffer_.size(), 0);
    if (got < 0 && WouldBlock() && Wait(POLLIN, deadline)) continue;
    if (got <= 0 || Now() >= deadline) return;
  }
}

}  // namespace vitals

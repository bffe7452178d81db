#include "agent/control/line.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace vitals {
namespace {

// Until `fd` is ready for `events`; false once `until` has come.
bool WaitFor(int fd, short events, Time until) {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd one{fd, events, 0};
    const int ready = ::poll(&one, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

}  // namespace

Result<std::string> ReadLine(int fd, std::size_t max_bytes, Duration limit) {
  const Time until = std::chrono::steady_clock::now() + limit;
  std::string line;
  std::array<char, 4096> block;
  while (WaitFor(fd, POLLIN, until)) {
    const ssize_t got = ::recv(fd, block.data(), block.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got <= 0) return Fail("the connection ended before the line did");
    const std::string_view part(block.data(), static_cast<std::size_t>(got));
    const std::size_t newline = part.find('\n');
    line += part.substr(0, newline);
    if (line.size() > max_bytes) {
      return Fail("a line of more than " + std::to_string(max_bytes) + " bytes");
    }
    if (newline != part.npos) return line;
  }
  return Fail("no line came within the deadline");
}

bool WriteLine(int fd, std::string_view line, Duration limit) {
  const Time until = std::chrono::steady_clock::now() + limit;
  while (!line.empty()) {
    if (!WaitFor(fd, POLLOUT, until)) return false;
    const ssize_t put = ::send(fd, line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (put > 0) line.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

}  // namespace vitals

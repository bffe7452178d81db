#include "tests/support/connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace vitals {

std::optional<Connection> Connection::Open(std::uint16_t port, Duration limit) {
  Connection connection(Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
                        std::chrono::steady_clock::now() + limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = connection.fd_.get();
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno != EINPROGRESS || !connection.Wait(POLLOUT)) return std::nullopt;
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) return std::nullopt;
  }
  return connection;
}

void Connection::Linger() const {
  const linger one_second{1, 1};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &one_second, sizeof one_second);
}

bool Connection::Send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN || !Wait(POLLOUT)) {
      return false;
    }
  }
  return true;
}

std::string Connection::Read(std::size_t most) const {
  std::string text;
  std::array<char, 16 * 1024> buffer;
  while (text.size() < most && Wait(POLLIN)) {
    const ssize_t got =
        ::recv(fd_.get(), buffer.data(), std::min(buffer.size(), most - text.size()), 0);
    if (got <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

bool Connection::Wait(short events) const {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
  pollfd wanted{fd_.get(), events, 0};
  return left.count() > 0 && ::poll(&wanted, 1, static_cast<int>(left.count())) == 1;
}

}  // namespace vitals

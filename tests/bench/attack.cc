#include "tests/bench/attack.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <list>
#include <string>
#include <string_view>

#include "agent/core/fd.h"
#include "agent/core/time.h"

namespace vitals::bench {
namespace {

using std::chrono_literals::operator""ms;

constexpr std::string_view kRequest = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";

Time Now() { return std::chrono::steady_clock::now(); }

// Connected, or on the way.
Fd Knock(std::uint16_t port, int flags) {
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
  const timeval patience{0, 200'000};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int code = ::connect(fd.get(), reinterpret_cast<sockaddr*>(&to), sizeof to);
  return code == 0 || errno == EINPROGRESS ? std::move(fd) : Fd();
}

void Send(const Fd& fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool IsClosed(const Fd& fd) {
  char scrap[256];
  const auto got = ::recv(fd.get(), scrap, sizeof scrap, MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN);
}

// Closed by a reset, not by an end.
void Reset(const Fd& fd) {
  const linger at_once{1, 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace

Attack::Attack(std::uint16_t port)
    : port_(port), slow_([this] { BeSlow(); }), rude_([this] { BeRude(); }) {}

Attack::~Attack() {
  stop_ = true;
  slow_.join();
  rude_.join();
}

// Each sends a byte every 50 ms, and comes back 100 ms after it was thrown out.
void Attack::BeSlow() {
  struct Client {
    Fd fd;
    Time next{};
  };
  std::array<Client, kCrowd> crowd;
  for (bool first = true; !stop_; first = false) {
    for (Client& client : crowd) {
      if (Now() < client.next) continue;
      if (!client.fd) {
        client.fd = Knock(port_, SOCK_NONBLOCK);
        ++connections_;
      } else if (IsClosed(client.fd)) {
        client.fd.Close();
      } else {
        ::send(client.fd.get(), "a", 1, MSG_NOSIGNAL);
      }
      client.next = Now() + (client.fd ? 50ms : 100ms);
    }
    if (first) crowd_is_here_.count_down();
    std::this_thread::sleep_for(5ms);
  }
}

void Attack::BeRude() {
  std::string pipelined;
  for (int i = 0; i < 50; ++i) pipelined += kRequest;
  const std::string large = "GET /livez HTTP/1.1\r\nX: " + std::string(1 << 20, 'x') + "\r\n\r\n";
  std::list<Fd> unfinished;
  for (std::uint64_t turn = 0; !stop_; ++turn) {
    Fd fd = Knock(port_, 0);
    ++connections_;
    switch (turn % 4) {
      case 0:
        Send(fd, "GET /livez HT");
        unfinished.push_back(std::move(fd));
        if (unfinished.size() > 50) unfinished.pop_front();
        break;
      case 1:
        Send(fd, large);
        break;
      case 2:
        Send(fd, pipelined);
        break;
      default:
        Send(fd, kRequest);
        Reset(fd);
    }
    std::this_thread::sleep_for(5ms);
  }
}

}  // namespace vitals::bench

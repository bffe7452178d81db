#include "tests/support/delay_relay.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <deque>
#include <list>
#include <string>
#include <vector>

namespace vitals {
namespace {

Time Now() { return std::chrono::steady_clock::now(); }

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// What one side has sent and the other has not got yet; empty bytes = it has closed.
struct Parcel {
  Time due{};
  std::string bytes;
};

struct Side {
  Fd fd;
  std::deque<Parcel> sent;
  bool closed = false;  // nothing more comes from it
};

struct Pair {
  std::array<Side, 2> sides;
  bool over = false;
};

void Take(Side& side, Duration delay) {
  std::array<char, 16 * 1024> buffer;
  const ssize_t size = ::recv(side.fd.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  side.closed = size <= 0;
  side.sent.push_back(
      {Now() + delay, {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))}});
}

// Hands over what is due; short packets always find room.
void Give(Pair& pair, std::size_t from) {
  std::deque<Parcel>& sent = pair.sides[from].sent;
  for (; !sent.empty() && sent.front().due <= Now(); sent.pop_front()) {
    const std::string& bytes = sent.front().bytes;
    if (bytes.empty()) {
      pair.over = true;
      return;
    }
    ::send(pair.sides[1 - from].fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
}

}  // namespace

DelayRelay::DelayRelay(std::uint16_t to, Duration each_way)
    : to_(to), each_way_(each_way), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(::bind(listener_.get(), generic, size), 0);
  EXPECT_EQ(::listen(listener_.get(), 128), 0);
  EXPECT_EQ(::getsockname(listener_.get(), generic, &size), 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Run(); });
}

DelayRelay::~DelayRelay() {
  stop_ = true;
  ::shutdown(listener_.get(), SHUT_RDWR);  // wakes the thread
  thread_.join();
}

void DelayRelay::Run() {
  std::list<Pair> pairs;
  while (!stop_) {
    std::vector<pollfd> wanted = {{listener_.get(), POLLIN, 0}};
    Time due = Time::max();
    for (const Pair& pair : pairs) {
      for (const Side& side : pair.sides) {
        wanted.push_back({side.closed ? -1 : side.fd.get(), POLLIN, 0});
        if (!side.sent.empty()) due = std::min(due, side.sent.front().due);
      }
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - Now()).count();
    const auto wait = due == Time::max() ? -1 : static_cast<int>(std::max<std::int64_t>(left, 0));
    if (::poll(wanted.data(), wanted.size(), wait) < 0) continue;
    std::size_t at = 1;
    for (Pair& pair : pairs) {
      for (Side& side : pair.sides) {
        if (wanted[at++].revents != 0) Take(side, each_way_);
      }
      for (const std::size_t from : {0u, 1u}) Give(pair, from);
    }
    pairs.remove_if([](const Pair& pair) { return pair.over; });
    if (stop_ || wanted[0].revents == 0) continue;
    Pair pair;
    pair.sides[0].fd = Fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    pair.sides[1].fd = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = Loopback(to_);
    const int on = 1;
    for (const Side& side : pair.sides) {
      ::setsockopt(side.fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    if (::connect(pair.sides[1].fd.get(), reinterpret_cast<const sockaddr*>(&address),
                  sizeof address) == 0) {
      pairs.push_back(std::move(pair));
    }
  }
}

}  // namespace vitals

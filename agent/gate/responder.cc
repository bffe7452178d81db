#include "agent/gate/responder.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string_view>

#include "agent/gate/agent_check.h"

namespace vitals {
namespace {

using State = ProbeConnection::State;

// To send a request line, to take the answer, and to close after it: this long each.
constexpr Duration kPatience = std::chrono::milliseconds(250);
// Without a descriptor to accept with, wait; epoll would report the listener again and again.
constexpr Duration kAcceptPause = std::chrono::milliseconds(50);
constexpr int kAcceptsPerTurn = 16;
constexpr std::uint64_t kFirstDoorTag = ConnectionTable::kPlaces;

bool Watch(int epoll, int operation, int fd, std::uint32_t events, std::uint64_t tag) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag;
  return ::epoll_ctl(epoll, operation, fd, &event) == 0;
}

std::string_view StatusText(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 414:
      return "URI Too Long";
    case 503:
      return "Service Unavailable";
    default:
      return "Bad Request";
  }
}

// How much of it the kernel took; nothing = the connection is of no more use.
std::optional<std::size_t> Send(const ProbeConnection& connection, std::string_view bytes) {
  std::size_t total = 0;
  while (total < bytes.size()) {
    const auto sent =
        ::send(connection.fd.get(), bytes.data() + total, bytes.size() - total, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (sent < 0) return std::nullopt;
    total += static_cast<std::size_t>(sent);
  }
  return total;
}

// Let connections wait in the kernel until their first bytes are there (tcp(7)), a second at most.
// So a probe can be answered as soon as it is accepted, and no crowd gets between the two.
void AcceptWithRequest(const Fd& listener) {
  const int second = 1;
  ::setsockopt(listener.get(), IPPROTO_TCP, TCP_DEFER_ACCEPT, &second, sizeof second);
}

// Kept for the day when the process has no descriptor left: a probe that fails for want of one
// would get a healthy broker killed.
Fd Spare(const Fd& any) { return Fd(::fcntl(any.get(), F_DUPFD_CLOEXEC, 0)); }

}  // namespace

Result<Responder> Responder::Make(Listeners listeners, const Clock& clock, Verdicts verdicts) {
  AcceptWithRequest(listeners.probe);
  Responder responder(std::move(listeners), Fd(::epoll_create1(EPOLL_CLOEXEC)), clock,
                      std::move(verdicts));
  if (!responder.epoll_ || !responder.WatchDoors(EPOLL_CTL_ADD, EPOLLIN)) {
    return Fail(std::string("no descriptors for the probe front: ") + std::strerror(errno),
                "--probe-listen", "raise the limit of open files");
  }
  return responder;
}

Responder::Responder(Listeners listeners, Fd epoll, const Clock& clock, Verdicts verdicts)
    : clock_(clock),
      verdicts_(std::move(verdicts)),
      listeners_{std::move(listeners.probe), std::move(listeners.agent_check)},
      epoll_(std::move(epoll)),
      spare_(Spare(epoll_)) {}

void Responder::Turn() {
  std::array<epoll_event, ConnectionTable::kPlaces + kDoors> events{};
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
  std::array<bool, kDoors> knocked{};
  for (int i = 0; i < count; ++i) {
    const auto tag = events[static_cast<std::size_t>(i)].data.u64;
    if (tag >= kFirstDoorTag) {
      knocked[tag - kFirstDoorTag] = true;
    } else {
      Serve(connections_.at(tag));
    }
  }
  DropOverdue();
  // Last, so that whoever has sent its request is answered before a newcomer takes its place.
  for (const Door door : {kAgentCheck, kProbe}) {
    if (knocked[door]) Accept(door);
  }
  if (!spare_) spare_ = Spare(epoll_);
}

Time Responder::NextDeadline() const {
  Time next = accepting_ ? Time::max() : accept_again_;
  for (const auto& connection : connections_) {
    if (connection.state != State::kFree) next = std::min(next, connection.deadline);
  }
  return next;
}

void Responder::DropOverdue() {
  const Time now = clock_.Now();
  for (auto& connection : connections_) {
    if (connection.state != State::kFree && connection.deadline <= now) {
      connections_.Release(connection);
    }
  }
  if (!accepting_ && accept_again_ <= now) PauseAccepting(false);
}

void Responder::PauseAccepting(bool paused) {
  accepting_ = !paused;
  if (paused) accept_again_ = clock_.Now() + kAcceptPause;
  WatchDoors(EPOLL_CTL_MOD, paused ? 0U : std::uint32_t{EPOLLIN});
}

bool Responder::WatchDoors(int operation, std::uint32_t events) const {
  for (const Door door : {kProbe, kAgentCheck}) {
    const Fd& listener = listeners_[door];
    if (listener && !Watch(epoll_.get(), operation, listener.get(), events, kFirstDoorTag + door)) {
      return false;
    }
  }
  return true;
}

void Responder::Accept(Door door) {
  bool someone = true;  // epoll said so
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    Fd fd(::accept4(listeners_[door].get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd) {
      const bool exhausted =
          errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
      // Without a descriptor the kernel does not even look whether somebody waits.
      if (!exhausted || !someone) return;
      if (spare_) {
        spare_.Close();
      } else if (auto* oldest = connections_.Oldest()) {
        connections_.Release(*oldest);
      } else {
        return PauseAccepting(true);
      }
      continue;
    }
    someone = false;
    ProbeConnection& connection = connections_.Take();
    if (!Watch(epoll_.get(), EPOLL_CTL_ADD, fd.get(), EPOLLIN, connections_.IndexOf(connection))) {
      continue;
    }
    connection.fd = std::move(fd);
    connection.state = State::kReading;
    connection.opened_at = clock_.Now();
    connection.deadline = connection.opened_at + kPatience;
    if (door == kAgentCheck) {
      AnswerCheck(connection);
    } else {
      Serve(connection);  // the request is most often there already
    }
  }
}

void Responder::Serve(ProbeConnection& connection) {
  switch (connection.state) {
    case State::kFree:
      return;  // released earlier in this turn
    case State::kReading:
      return Read(connection);
    case State::kWriting:
      return Write(connection);
    case State::kDraining:
      return Drain(connection);
  }
}

void Responder::Read(ProbeConnection& connection) {
  for (;;) {
    const auto got = ::recv(connection.fd.get(), connection.in.data() + connection.in_size,
                            connection.in.size() - connection.in_size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (got <= 0) return connections_.Release(connection);
    connection.in_size += static_cast<std::size_t>(got);
    const auto line = ParseRequestLine({connection.in.data(), connection.in_size});
    if (line.state != ParseState::kMore) return Answer(connection, line);
  }
}

void Responder::Answer(ProbeConnection& connection, const ParsedLine& line) {
  const Time now = clock_.Now();
  const ProbeAnswer answer = line.state == ParseState::kRefused
                                 ? RefuseProbe(line.status)
                                 : AnswerProbe(line.request, verdicts_(now), now);
  BoundedText<kHttpAnswerMax> out;
  std::array<char, 16> number{};
  const auto append_number = [&](std::size_t value) {
    const int length = std::snprintf(number.data(), number.size(), "%zu", value);
    out.Append({number.data(), static_cast<std::size_t>(length)});
  };
  out.Append("HTTP/1.1 ");
  append_number(static_cast<std::size_t>(answer.status));
  out.Append(" ");
  out.Append(StatusText(answer.status));
  if (answer.status == 405) out.Append("\r\nAllow: GET, HEAD");
  out.Append(
      "\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff"
      "\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Length: ");
  append_number(answer.body.size());
  out.Append("\r\n\r\n");
  if (!line.request.head) out.Append(answer.body.view());
  Reply(connection, out.view());
}

// Whoever asks there says nothing.
void Responder::AnswerCheck(ProbeConnection& connection) {
  Reply(connection, AgentCheckLine(verdicts_(clock_.Now())).view());
}

void Responder::Reply(ProbeConnection& connection, std::string_view bytes) {
  connection.state = State::kWriting;
  connection.deadline = clock_.Now() + kPatience;
  const auto sent = Send(connection, bytes);
  if (!sent) return connections_.Release(connection);
  if (*sent == bytes.size()) return Finish(connection);
  connection.rest_size = bytes.size() - *sent;
  std::copy_n(bytes.begin() + *sent, connection.rest_size, connections_.RestOf(connection).begin());
  if (!Watch(epoll_.get(), EPOLL_CTL_MOD, connection.fd.get(), EPOLLOUT,
             connections_.IndexOf(connection))) {
    connections_.Release(connection);
  }
}

void Responder::Write(ProbeConnection& connection) {
  const std::string_view rest(connections_.RestOf(connection).data(), connection.rest_size);
  const auto sent = Send(connection, rest.substr(connection.rest_sent));
  if (!sent) return connections_.Release(connection);
  connection.rest_sent += *sent;
  if (connection.rest_sent == connection.rest_size) Finish(connection);
}

void Responder::Finish(ProbeConnection& connection) {
  // Closing while bytes of the client lie unread would send a reset, which may overtake the answer
  // (RFC 9112 section 9.6): close our half, then read until the client has closed its own.
  ::shutdown(connection.fd.get(), SHUT_WR);
  connection.state = State::kDraining;
  connection.deadline = clock_.Now() + kPatience;
  if (!Watch(epoll_.get(), EPOLL_CTL_MOD, connection.fd.get(), EPOLLIN,
             connections_.IndexOf(connection))) {
    return connections_.Release(connection);
  }
  Drain(connection);
}

void Responder::Drain(ProbeConnection& connection) {
  std::array<char, 4096> scrap;
  // A few pieces a turn: one client that sends without end must not keep the others waiting.
  for (int i = 0; i < 4; ++i) {
    const auto got = ::recv(connection.fd.get(), scrap.data(), scrap.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (got <= 0) return connections_.Release(connection);
  }
}

}  // namespace vitals

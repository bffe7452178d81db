#include "probes/mqtt/fresh_connect.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>

#include <array>
#include <cerrno>

#include "probes/mqtt/socket_error.h"
#include "probes/mqtt/wire.h"

namespace vitals::mqtt {

FreshConnect::FreshConnect(std::uint64_t serial, ConnectPlan plan, ConnectRoom room)
    : serial_(serial),
      plan_(std::move(plan)),
      room_(room),
      watch_(room.far_end, plan_.via_proxy),
      opened_at_(room.clock.Now()),
      stage_at_(opened_at_),
      parser_(plan_.mqtt_version) {
  Dial();
}

FreshConnect::~FreshConnect() { room_.own_sockets.Close(socket_); }

void FreshConnect::Dial() {
  socket_ = Fd(::socket(plan_.to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_) return FailWith(errno);
  room_.own_sockets.Add(socket_.get());
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  epoll_event event{};
  event.events = EPOLLOUT;
  event.data.u32 = room_.tag;
  if (::epoll_ctl(room_.epoll, EPOLL_CTL_ADD, socket_.get(), &event) != 0) return FailWith(errno);
  sockaddr_storage storage{};
  const socklen_t size = FillSockaddr(plan_.to, storage);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&storage), size) != 0 &&
      errno != EINPROGRESS) {
    FailWith(errno);
  }
}

void FreshConnect::Redial() {
  if (ended_ || stage_ != Stage::kTcp) return;
  room_.own_sockets.Close(socket_);
  Dial();
}

bool FreshConnect::Drive() {
  while (!ended_ && Advance()) {
  }
  return ended_;
}

// One step; false = nothing more can be done now.
bool FreshConnect::Advance() {
  switch (stage_) {
    case Stage::kTcp:
      return FinishTcp();
    default:
      return ReadConnack();
  }
}

void FreshConnect::FinishStage(Stage next) {
  const Time now = room_.clock.Now();
  stages_[static_cast<std::size_t>(stage_)] = now - stage_at_;
  stage_ = next;
  stage_at_ = now;
}

bool FreshConnect::FinishTcp() {
  pollfd writable{socket_.get(), POLLOUT, 0};
  if (::poll(&writable, 1, 0) != 1) return false;
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) {
    FailWith(error);
    return false;
  }
  FinishStage(Stage::kConnack);
  // The first bytes on a new connection always fit into its send buffer.
  const std::string& packet = plan_.connect_packet;
  if (::send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL) < 0 && errno != EAGAIN) {
    FailWith(errno);
    return false;
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = room_.tag;
  ::epoll_ctl(room_.epoll, EPOLL_CTL_MOD, socket_.get(), &event);
  return true;
}

bool FreshConnect::ReadConnack() {
  std::array<char, 512> buffer;
  const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (size < 0) {
    if (errno == EINTR) return true;
    if (errno != EAGAIN) FailWith(errno);
    return false;
  }
  if (size == 0) {
    reacted_ = true;
    End(MakeFailure(Stage::kConnack, FailReason::kClosed, "closed before CONNACK"));
    return false;
  }
  reacted_ = true;
  switch (parser_.Feed({buffer.data(), static_cast<std::size_t>(size)})) {
    case ConnackParser::State::kNeedMore:
      return true;
    case ConnackParser::State::kMalformed:
      End(MakeFailure(Stage::kConnack, FailReason::kMalformed, parser_.problem()));
      return false;
    case ConnackParser::State::kDone:
      break;
  }
  const Connack& connack = parser_.connack();
  if (const auto reason = ReasonOfConnack(plan_.mqtt_version, connack.code)) {
    End(MakeFailure(Stage::kConnack, *reason, Describe(connack)));
    return false;
  }
  const std::string goodbye = EncodeDisconnect();
  ::send(socket_.get(), goodbye.data(), goodbye.size(), MSG_NOSIGNAL);
  End(std::nullopt);
  return false;
}

void FreshConnect::FailWith(int error) {
  const FailReason reason =
      stage_ == Stage::kTcp ? ReasonOfConnectError(error) : ReasonOfStreamError(error);
  // A reset tells nothing of the broker if it met a connection that no process had taken: that is
  // the kernel, clearing up after a process.
  if (stage_ != Stage::kTcp && reason == FailReason::kReset && far_end() != FarEnd::kUnaccepted) {
    reacted_ = true;
  }
  End(MakeFailure(stage_, reason, ErrorText(error)));
}

void FreshConnect::Abandon() {
  if (!ended_) End(Silence());
}

Failure FreshConnect::Silence() const {
  if (stage_ == Stage::kTcp) {
    return MakeFailure(stage_, FailReason::kSynUnanswered, "no answer to SYN");
  }
  return MakeFailure(stage_, ReasonOfSilence(far_end()), "no CONNACK");
}

void FreshConnect::End(std::optional<Failure> failure) {
  if (!failure) FinishStage(stage_);
  ended_ = true;
  failure_ = std::move(failure);
  room_.own_sockets.Close(socket_);
}

FarEndLook FreshConnect::LookAtFarEnd() {
  if (stage_ == Stage::kTcp) return watch_.LookSynSent(plan_.to);
  const auto pair = PairOf(socket_.get());
  return pair ? watch_.Look(*pair) : watch_.last();
}

bool FreshConnect::BytesAtOurEnd() const {
  int waiting = 0;
  return ::ioctl(socket_.get(), FIONREAD, &waiting) == 0 && waiting > 0;
}

}  // namespace vitals::mqtt

#include "probes/mqtt/outward.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <tuple>
#include <utility>

#include "probes/mqtt/proxy_header.h"
#include "probes/mqtt/socket_error.h"
#include "probes/mqtt/tls_layer.h"
#include "probes/mqtt/websocket_layer.h"

namespace vitals::mqtt {
namespace {

// What one side may be ahead of the other. Our own packets are small; a flood on our topic waits
// in the kernel.
constexpr std::size_t kMostWaiting = 64 * 1024;

}  // namespace

bool OutwardState::operator==(const OutwardState& other) const {
  return std::tie(dialled, stage, stages, to, pair, spoken) == std::tie(other.dialled, other.stage,
                                                                        other.stages, other.to,
                                                                        other.pair, other.spoken) &&
         failure.has_value() == other.failure.has_value();
}

Outward::Outward(const EndpointSettings& endpoint, OwnSockets& own_sockets, const Clock& clock,
                 int wake)
    : endpoint_(endpoint),
      own_sockets_(own_sockets),
      clock_(clock),
      wake_(wake),
      tls_(endpoint.tls) {}

Outward::~Outward() { own_sockets_.Close(socket_); }

void Outward::Start() {
  state_.dialled = true;
  stage_at_ = clock_.Now();
  MakeLayers();
  if (Ended()) return;
  if (endpoint_.IsUnix()) return Dial();
  state_.to = MakeAddress(endpoint_.host, endpoint_.port);
  if (state_.to) return Dial();
  state_.stage = Stage::kResolve;
  lookup_ = Lookup::Start(endpoint_.host, endpoint_.port, wake_);
}

void Outward::MakeLayers() {
  if (endpoint_.UsesTls()) {
    const auto context = tls_.Get();
    if (!context) return Fail(context.error());
    layers_.push_back(std::make_unique<TlsLayer>(*context, endpoint_.tls, endpoint_.host));
  }
  if (endpoint_.UsesWebSocket()) {
    layers_.push_back(std::make_unique<WebSocketLayer>(
        Address{endpoint_.host, endpoint_.port}.ToString(), endpoint_.path));
  }
}

void Outward::TakeAddresses() {
  const auto answer = lookup_ == nullptr ? std::nullopt : lookup_->Get();
  if (!answer) return;
  lookup_.reset();
  if (answer->addresses.empty()) return FailWith(FailReason::kDns, answer->error);
  addresses_.assign(answer->addresses.rbegin(), answer->addresses.rend());
  FinishStage(Stage::kTcp);
  DialNext();
}

void Outward::DialNext() {
  state_.to = addresses_.back();
  addresses_.pop_back();
  own_sockets_.Close(socket_);
  Dial();
}

void Outward::Dial() {
  sockaddr_storage to{};
  const socklen_t size =
      endpoint_.IsUnix() ? FillSockaddr(endpoint_.path, to) : FillSockaddr(*state_.to, to);
  socket_ = Fd(::socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_) return FailToConnect(errno);
  own_sockets_.Add(socket_.get());
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to), size) == 0) {
    return FinishTcp();
  }
  if (errno != EINPROGRESS) FailToConnect(errno);
}

void Outward::FinishTcp() {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return FailToConnect(error);
  state_.pair = PairOf(socket_.get());
  if (state_.pair) {
    // Not sent yet: brokers want it in one segment with what follows.
    down_ = EncodeProxyHeader(endpoint_.proxy_protocol, endpoint_.proxy_command, *state_.pair);
  }
  OpenNextLayer();
  Flush();
}

void Outward::OpenNextLayer() {
  const bool more = open_layers_ < layers_.size();
  FinishStage(more ? layers_[open_layers_]->stage() : Stage::kConnack);
  std::string bytes;
  if (more) {
    layers_[open_layers_]->Open(bytes);
  } else {
    bytes = std::exchange(waiting_, {});
  }
  PassDown(more ? open_layers_ : layers_.size(), std::move(bytes));
}

void Outward::Send(std::string_view bytes) {
  const bool open = state_.stage == Stage::kConnack || state_.stage == Stage::kSession;
  if (!open) {
    waiting_ += bytes;
    return;
  }
  PassDown(layers_.size(), std::string(bytes));
  Flush();
}

// From the layer with this number through all that lie below it.
void Outward::PassDown(std::size_t layer, std::string bytes) {
  while (layer > 0) {
    std::string below;
    layers_[--layer]->Send(bytes, below);
    bytes = std::move(below);
  }
  down_ += bytes;
}

void Outward::Take(std::string_view bytes) {
  std::string below(bytes);
  for (std::size_t i = 0; i < layers_.size() && i <= open_layers_; ++i) {
    std::string answer, up;
    const Layer::State layer = layers_[i]->Receive(below, answer, up);
    PassDown(i, std::move(answer));
    if (layer == Layer::State::kFailed) return Fail(layers_[i]->failure());
    if (i == open_layers_ && layer == Layer::State::kOpen) {
      ++open_layers_;
      OpenNextLayer();
    }
    below = std::move(up);
    if (below.empty()) return;
  }
  if (state_.stage == Stage::kConnack) FinishStage(Stage::kSession);
  up_ += below;
}

void Outward::SayGoodbye() {
  if (Ended() || open_layers_ < layers_.size() || !socket_) return;
  for (std::size_t i = layers_.size(); i-- > 0;) {
    std::string bytes;
    layers_[i]->Close(bytes);
    PassDown(i, std::move(bytes));
  }
  Flush();
}

short Outward::Events() const {
  if (state_.stage == Stage::kTcp) return POLLOUT;
  const int wanted = (up_.size() < kMostWaiting ? POLLIN : 0) | (down_.empty() ? 0 : POLLOUT);
  return static_cast<short>(wanted);
}

bool Outward::HasRoom() const { return down_.size() + waiting_.size() < kMostWaiting; }

void Outward::Drive() {
  if (Ended()) return;
  if (state_.stage == Stage::kTcp) return FinishTcp();
  Flush();
  if (!Ended()) Read();
}

void Outward::Read() {
  std::array<char, 16 * 1024> buffer;
  const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (size > 0) {
    Take({buffer.data(), static_cast<std::size_t>(size)});
    Flush();
  } else if (size == 0) {
    FailWith(send_error_ == 0 ? FailReason::kClosed : ReasonOfStreamError(send_error_));
  } else if (errno != EAGAIN && errno != EINTR) {
    FailWith(ReasonOfStreamError(errno), ErrorText(errno));
  }
}

void Outward::Flush() {
  while (!down_.empty() && !Ended()) {
    const ssize_t size = ::send(socket_.get(), down_.data(), down_.size(), MSG_NOSIGNAL);
    if (size < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return;
      // What the broker still said before it closed is read first, and then its end.
      send_error_ = errno;
      return down_.clear();
    }
    state_.spoken = true;
    down_.erase(0, static_cast<std::size_t>(size));
  }
}

void Outward::FinishStage(Stage next) {
  const Time now = clock_.Now();
  state_.stages[static_cast<std::size_t>(state_.stage)] = now - stage_at_;
  stage_at_ = now;
  state_.stage = next;
}

void Outward::Fail(Failure failure) {
  if (!Ended()) state_.failure = std::move(failure);
}

void Outward::FailToConnect(int error) {
  if (!addresses_.empty()) return DialNext();
  FailWith(ReasonOfConnectError(error), ErrorText(error));
}

void Outward::FailWith(FailReason reason, std::string detail) {
  Fail(MakeFailure(state_.stage, reason, std::move(detail)));
}

}  // namespace vitals::mqtt

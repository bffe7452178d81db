#include "probes/mqtt/fresh_connect.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>

#include <array>
#include <cerrno>
#include <utility>

#include "probes/mqtt/proxy_header.h"
#include "probes/mqtt/socket_error.h"
#include "probes/mqtt/tls_layer.h"
#include "probes/mqtt/websocket_layer.h"
#include "probes/mqtt/wire.h"

namespace vitals::mqtt {

FreshConnect::FreshConnect(std::uint64_t serial, ConnectPlan plan, ConnectRoom room)
    : serial_(serial),
      plan_(std::move(plan)),
      room_(room),
      watch_(room.far_end, plan_.endpoint.via_proxy || plan_.endpoint.IsUnix()),
      parser_(plan_.endpoint.mqtt_version) {
  MakeLayers();
  opened_at_ = stage_at_ = room_.clock.Now();
  if (ended_) return;
  if (plan_.lookup != nullptr) {
    stage_ = Stage::kResolve;
  } else {
    Dial();
  }
}

FreshConnect::~FreshConnect() { room_.own_sockets.Close(socket_); }

void FreshConnect::MakeLayers() {
  const EndpointSettings& endpoint = plan_.endpoint;
  if (endpoint.UsesTls()) {
    const auto context = plan_.tls.Get();
    if (!context) return End(context.error());
    auto layer = std::make_unique<TlsLayer>(*context, endpoint.tls, endpoint.host);
    tls_layer_ = layer.get();
    layers_.push_back(std::move(layer));
  }
  if (endpoint.UsesWebSocket()) {
    layers_.push_back(std::make_unique<WebSocketLayer>(
        Address{endpoint.host, endpoint.port}.ToString(), endpoint.path));
  }
}

void FreshConnect::Dial() {
  sockaddr_storage to{};
  const socklen_t size = plan_.endpoint.IsUnix() ? FillSockaddr(plan_.endpoint.path, to)
                                                 : FillSockaddr(plan_.addresses[address_], to);
  socket_ = Fd(::socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_) return FailWith(errno);
  room_.own_sockets.Add(socket_.get());
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  epoll_event event{};
  event.events = EPOLLOUT;
  event.data.u32 = room_.tag;
  if (::epoll_ctl(room_.epoll, EPOLL_CTL_ADD, socket_.get(), &event) != 0) return FailWith(errno);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to), size) != 0 &&
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
    case Stage::kResolve:
      return FinishLookup();
    case Stage::kTcp:
      return FinishTcp();
    default:
      return ReadOn();
  }
}

bool FreshConnect::FinishLookup() {
  const auto answer = plan_.lookup->Get();
  if (!answer) return false;
  if (answer->addresses.empty()) {
    End(MakeFailure(Stage::kResolve, FailReason::kDns, answer->error));
    return false;
  }
  plan_.addresses = answer->addresses;
  FinishStage(Stage::kTcp);
  Dial();
  return true;
}

bool FreshConnect::FinishTcp() {
  pollfd writable{socket_.get(), POLLOUT, 0};
  if (::poll(&writable, 1, 0) != 1) return false;
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) {
    FailWith(error);
    return true;
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = room_.tag;
  ::epoll_ctl(room_.epoll, EPOLL_CTL_MOD, socket_.get(), &event);
  const bool proxied = plan_.endpoint.proxy_protocol != ProxyProtocol::kNone;
  FinishStage(proxied ? Stage::kProxy : NextStage());
  if (proxied) {
    outbox_ = EncodeProxyHeader(plan_.endpoint.proxy_protocol, plan_.endpoint.proxy_command,
                                PairOf(socket_.get()).value_or(SocketPair{}));
    FinishStage(NextStage());  // nobody answers it; it is sent with what comes next
  }
  BeginStage();
  return true;
}

// Of the lowest layer that is not open yet.
Stage FreshConnect::NextStage() const {
  return open_ < layers_.size() ? layers_[open_]->stage() : Stage::kConnack;
}

void FreshConnect::FinishStage(Stage next) {
  const Time now = room_.clock.Now();
  stages_[static_cast<std::size_t>(stage_)] = now - stage_at_;
  stage_ = next;
  stage_at_ = now;
}

// Says the first words of the lowest layer that is not open yet, or of MQTT.
void FreshConnect::BeginStage() {
  std::string words;
  if (open_ < layers_.size()) {
    layers_[open_]->Open(words);
  } else {
    words = plan_.connect_packet;
  }
  SendBelow(open_, std::move(words));
  Flush();
}

// Sends what the layer at `level` has to say through those below it.
void FreshConnect::SendBelow(std::size_t level, std::string bytes) {
  while (level > 0 && !bytes.empty()) {
    std::string wrapped;
    layers_[--level]->Send(bytes, wrapped);
    bytes = std::move(wrapped);
  }
  outbox_ += bytes;
}

void FreshConnect::Flush() {
  if (outbox_.empty()) return;
  // All that is ever sent on one connection fits into its send buffer.
  const ssize_t sent = ::send(socket_.get(), outbox_.data(), outbox_.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && send_error_ == 0) send_error_ = errno;
  outbox_.clear();
}

bool FreshConnect::ReadOn() {
  std::array<char, 4096> buffer;
  const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  const int error = errno;
  if (tls_layer_ != nullptr) {
    // A TLS 1.3 server that leaves Nagle's algorithm on (Mosquitto) holds its CONNACK back until we
    // have acknowledged its session tickets, which the kernel would do 40 ms later (tcp(7)).
    const int now = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_QUICKACK, &now, sizeof now);
  }
  if (size < 0) {
    if (error == EINTR) return true;
    if (error != EAGAIN || send_error_ != 0) FailWith(error != EAGAIN ? error : send_error_);
    return false;
  }
  if (size == 0) {
    NoteReaction();
    End(MakeFailure(stage_, FailReason::kClosed, "closed by the peer" + HintAtProxy()));
    return false;
  }
  NoteReaction();
  Deliver(0, {buffer.data(), static_cast<std::size_t>(size)});
  Flush();
  return true;
}

// What a proxy does says nothing of the broker behind it: there only MQTT counts.
void FreshConnect::NoteReaction() { reacted_ |= !plan_.endpoint.via_proxy; }

// Gives bytes to the layer at `level`, and what they carry to the one above it.
void FreshConnect::Deliver(std::size_t level, std::string_view bytes) {
  if (level == layers_.size()) return TakeMqtt(bytes);
  Layer& layer = *layers_[level];
  std::string down, up;
  const Layer::State state = layer.Receive(bytes, down, up);
  SendBelow(level, std::move(down));
  if (level == open_ && state == Layer::State::kOpen) {
    ++open_;
    FinishStage(NextStage());
    BeginStage();
  }
  if (!up.empty()) Deliver(level + 1, up);
  if (state == Layer::State::kFailed && !ended_) End(layer.failure());
}

void FreshConnect::TakeMqtt(std::string_view bytes) {
  reacted_ = true;
  switch (parser_.Feed(bytes)) {
    case ConnackParser::State::kNeedMore:
      return;
    case ConnackParser::State::kMalformed:
      return End(MakeFailure(Stage::kConnack, FailReason::kMalformed, parser_.problem()));
    case ConnackParser::State::kDone:
      break;
  }
  const Connack& connack = parser_.connack();
  if (const auto reason = ReasonOfConnack(plan_.endpoint.mqtt_version, connack.code)) {
    return End(MakeFailure(Stage::kConnack, *reason, Describe(connack)));
  }
  FinishStage(stage_);
  SayGoodbye();
  End(std::nullopt);
}

void FreshConnect::SayGoodbye() {
  SendBelow(layers_.size(), EncodeDisconnect());
  for (std::size_t level = layers_.size(); level > 0; --level) {
    std::string words;
    layers_[level - 1]->Close(words);
    SendBelow(level - 1, std::move(words));
  }
}

void FreshConnect::FailWith(int error) {
  if (stage_ == Stage::kTcp && address_ + 1 < plan_.addresses.size()) {
    ++address_;
    return Redial();
  }
  const bool dialling = stage_ == Stage::kTcp;
  const FailReason reason = !dialling                 ? ReasonOfStreamError(error)
                            : plan_.endpoint.IsUnix() ? ReasonOfUnixConnectError(error)
                                                      : ReasonOfConnectError(error);
  // A reset tells nothing of the broker if it met a connection that no process had taken: that is
  // the kernel, clearing up after a process.
  if (!dialling && reason == FailReason::kReset && far_end() != FarEnd::kUnaccepted) {
    NoteReaction();
  }
  End(MakeFailure(stage_, reason, ErrorText(error) + (dialling ? "" : HintAtProxy())));
}

// Nobody answers a PROXY header; one that is refused ends the stage after it.
std::string FreshConnect::HintAtProxy() const {
  const bool proxied = stages_[static_cast<std::size_t>(Stage::kProxy)].has_value();
  return proxied && open_ == 0 ? ", after a PROXY header" : "";
}

void FreshConnect::Abandon() {
  if (!ended_) End(Silence());
}

Failure FreshConnect::Silence() const {
  switch (stage_) {
    case Stage::kResolve:
      return MakeFailure(stage_, FailReason::kDns, "no answer from the name service");
    case Stage::kTcp:
      return MakeFailure(stage_, FailReason::kSynUnanswered, "no answer to SYN");
    case Stage::kTls:
      return MakeFailure(stage_, ReasonOfSilence(far_end()), "no end of the TLS handshake");
    case Stage::kUpgrade:
      return MakeFailure(stage_, ReasonOfSilence(far_end()), "no answer to the WebSocket upgrade");
    default:
      return MakeFailure(stage_, ReasonOfSilence(far_end()), "no CONNACK");
  }
}

void FreshConnect::End(std::optional<Failure> failure) {
  ended_ = true;
  failure_ = std::move(failure);
  if (socket_) Flush();
  room_.own_sockets.Close(socket_);
}

ConnectEvidence FreshConnect::Report(EndpointId endpoint, ConnectEvidence::Grade grade) const {
  ConnectEvidence evidence;
  evidence.endpoint = endpoint;
  evidence.connection = serial_;
  evidence.grade = grade;
  evidence.failure = grade == ConnectEvidence::Grade::kSoft ? Silence() : failure_;
  evidence.reacted = reacted_;
  evidence.far_end = far_end();
  evidence.stages = stages_;
  if (tls_layer_ != nullptr) evidence.certificate = tls_layer_->certificate();
  return evidence;
}

const Connack* FreshConnect::connack() const {
  return parser_.state() == ConnackParser::State::kDone ? &parser_.connack() : nullptr;
}

Bystanders FreshConnect::LookAtOthers() const {
  // Those of a proxy say nothing about the broker behind it.
  if (plan_.endpoint.via_proxy || address_ >= plan_.addresses.size()) return {};
  return room_.far_end.LookAtOthers(plan_.addresses[address_], room_.own_sockets.Ends());
}

FarEndLook FreshConnect::LookAtFarEnd() {
  if (stage_ == Stage::kResolve) return watch_.last();
  if (plan_.endpoint.IsUnix()) return watch_.Look({});  // the kernel shows no such far end
  if (stage_ == Stage::kTcp) return watch_.LookSynSent(plan_.addresses[address_]);
  const auto pair = PairOf(socket_.get());
  return pair ? watch_.Look(*pair) : watch_.last();
}

bool FreshConnect::BytesAtOurEnd() const {
  int waiting = 0;
  return ::ioctl(socket_.get(), FIONREAD, &waiting) == 0 && waiting > 0;
}

}  // namespace vitals::mqtt

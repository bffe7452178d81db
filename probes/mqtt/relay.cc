#include "probes/mqtt/relay.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "probes/mqtt/socket_error.h"

namespace vitals::mqtt {

bool Relay::IsNeeded(const EndpointSettings& endpoint) {
  return endpoint.scheme != "mqtt" || endpoint.proxy_protocol != ProxyProtocol::kNone ||
         !MakeAddress(endpoint.host, endpoint.port);
}

Relay::Relay(const EndpointSettings& endpoint, OwnSockets& own_sockets, FarEndView& view,
             const Clock& clock, Bell& bell)
    : endpoint_(endpoint),
      own_sockets_(own_sockets),
      clock_(clock),
      bell_(bell),
      watch_(view, endpoint.via_proxy) {}

Result<std::unique_ptr<Relay>> Relay::Open(const EndpointSettings& endpoint,
                                           OwnSockets& own_sockets, FarEndView& view,
                                           const Clock& clock, Bell& bell) {
  std::unique_ptr<Relay> relay(new Relay(endpoint, own_sockets, view, clock, bell));
  if (auto listens = relay->Listen(); !listens) return tl::unexpected(listens.error());
  relay->thread_ = std::thread([self = relay.get()] { self->Run(); });
  ::pthread_setname_np(relay->thread_.native_handle(), "relay");
  return relay;
}

Relay::~Relay() {
  ::eventfd_write(stop_.get(), 1);
  if (thread_.joinable()) thread_.join();
}

Result<void> Relay::Listen() {
  stop_ = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  wake_ = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  listener_ = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_storage loopback{};
  const socklen_t size = FillSockaddr(*MakeAddress("127.0.0.1", 0), loopback);
  const auto* generic = reinterpret_cast<const sockaddr*>(&loopback);
  if (!stop_ || !wake_ || !listener_ || ::bind(listener_.get(), generic, size) != 0 ||
      ::listen(listener_.get(), 4) != 0) {
    return Fail(ErrorText(errno), "relay on loopback");
  }
  address_ = *LocalAddress(listener_.get());
  return {};
}

void Relay::Run() {
  if (!AcceptLibrary()) return;
  Outward outward(endpoint_, own_sockets_, clock_, wake_.get());
  Carry(outward);
  Show(outward);
  {
    const std::lock_guard lock(mutex_);
    broker_fd_ = -1;
  }
  library_.Close();
}

// A stranger who finds the port before the library does is turned away.
bool Relay::AcceptLibrary() {
  for (;;) {
    std::array<pollfd, 2> wanted{{{stop_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}}};
    if (::poll(wanted.data(), wanted.size(), -1) < 0 && errno != EINTR) return false;
    if (wanted[0].revents != 0) return false;
    library_ = Fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    const auto pair = PairOf(library_.get());
    if (pair && own_sockets_.Has({pair->peer, pair->local})) {
      listener_.Close();
      const int on = 1;
      ::setsockopt(library_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return true;
    }
    library_.Close();
  }
}

void Relay::Carry(Outward& outward) {
  bool stopping = false;
  while (!stopping) {
    std::string& up = outward.from_broker();
    const int library_events = (outward.HasRoom() ? POLLIN : 0) | (up.empty() ? 0 : POLLOUT);
    std::array<pollfd, 4> wanted{{{stop_.get(), POLLIN, 0},
                                  {wake_.get(), POLLIN, 0},
                                  {library_.get(), static_cast<short>(library_events), 0},
                                  {outward.Ended() ? -1 : outward.fd(), outward.Events(), 0}}};
    if (::poll(wanted.data(), wanted.size(), -1) < 0 && errno != EINTR) return;
    stopping = wanted[0].revents != 0;
    if (wanted[1].revents != 0) {
      eventfd_t ignored = 0;
      ::eventfd_read(wake_.get(), &ignored);
      outward.TakeAddresses();
    }
    // Also when it stops: the library's goodbye may lie there.
    if ((wanted[2].revents & ~POLLOUT) != 0 || stopping) {
      stopping |= !TakeFromLibrary(outward);
    }
    if (wanted[3].revents != 0) outward.Drive();
    GiveToLibrary(up);
    Show(outward);
    if (outward.Ended() && up.empty()) return;
  }
  outward.SayGoodbye();
}

bool Relay::TakeFromLibrary(Outward& outward) {
  std::array<char, 16 * 1024> buffer;
  const ssize_t size = ::recv(library_.get(), buffer.data(), buffer.size(), 0);
  if (size <= 0) return size < 0 && (errno == EAGAIN || errno == EINTR);
  if (!outward.state().dialled) outward.Start();
  outward.Send({buffer.data(), static_cast<std::size_t>(size)});
  return true;
}

void Relay::GiveToLibrary(std::string& bytes) {
  if (bytes.empty()) return;
  const ssize_t size = ::send(library_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (size > 0) bytes.erase(0, static_cast<std::size_t>(size));
  if (size < 0 && errno != EAGAIN && errno != EINTR) bytes.clear();  // nobody is there to take it
}

void Relay::Show(const Outward& outward) {
  {
    const std::lock_guard lock(mutex_);
    // Before it is connected nothing can lie there, and its number may become another's.
    broker_fd_ = outward.state().stage == Stage::kTcp ? -1 : outward.fd();
    if (state_ == outward.state()) return;
    state_ = outward.state();
  }
  bell_.Ring();
}

OutwardState Relay::State() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

FarEndLook Relay::LookAtFarEnd() {
  const OutwardState state = State();
  if (!state.dialled || state.stage == Stage::kResolve) return {FarEnd::kNotLooked, 0};
  if (endpoint_.IsUnix()) return {FarEnd::kCannotSee, 0};
  if (!state.pair) return watch_.LookSynSent(*state.to);
  return state.spoken ? watch_.Look(*state.pair) : FarEndLook{FarEnd::kNotLooked, 0};
}

bool Relay::BytesAtOurEnd() const {
  const std::lock_guard lock(mutex_);
  int waiting = 0;
  return broker_fd_ >= 0 && ::ioctl(broker_fd_, FIONREAD, &waiting) == 0 && waiting > 0;
}

}  // namespace vitals::mqtt

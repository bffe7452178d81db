#include "probes/mqtt/paho_session.h"

#include <pthread.h>

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <stop_token>
#include <thread>

#include "probes/mqtt/connack.h"
#include "probes/mqtt/paho_client.h"

namespace vitals::mqtt {
namespace {

using Phase = SessionState::Phase;

// How long the goodbyes of the clients that end together may take.
constexpr std::chrono::milliseconds kGoodbye{100};

}  // namespace

// Destroys clients one after the other.
class PahoReaper {
 public:
  PahoReaper() : thread_([this](const std::stop_token& stop) { Run(stop); }) {
    ::pthread_setname_np(thread_.native_handle(), "paho_reaper");
  }

  void Put(std::unique_ptr<PahoClient> client) {
    const std::lock_guard lock(mutex_);
    clients_.push_back(std::move(client));
    changed_.notify_one();
  }

  // More clients wait than a library that works ever lets wait.
  bool IsStuck() const {
    const std::lock_guard lock(mutex_);
    return clients_.size() > kMostWaiting;
  }

 private:
  void Run(const std::stop_token& stop) {
    for (;;) {
      std::deque<std::unique_ptr<PahoClient>> clients;
      {
        std::unique_lock lock(mutex_);
        if (!changed_.wait(lock, stop, [this] { return !clients_.empty(); })) return;
        clients.swap(clients_);
      }
      std::vector<paho::token_ptr> goodbyes;
      for (auto& client : clients) goodbyes.push_back(client->SayGoodbye(kGoodbye));
      const auto limit = std::chrono::steady_clock::now() + kGoodbye;
      for (auto& goodbye : goodbyes) {
        try {
          if (goodbye) goodbye->wait_until(limit);
        } catch (const std::exception&) {
          // Not heard; the socket is closed all the same.
        }
      }
      // Before the tokens go: the library may still be busy with one that it has just completed.
      clients.clear();
    }
  }

  static constexpr std::size_t kMostWaiting = 32;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::unique_ptr<PahoClient>> clients_;
  std::jthread thread_;
};

namespace {

class PahoSession final : public Session {
 public:
  PahoSession(std::unique_ptr<PahoClient> client, const SocketAddress& peer, FarEndView& view,
              PahoReaper& reaper)
      : client_(std::move(client)), peer_(peer), view_(view), reaper_(reaper) {}
  ~PahoSession() override { reaper_.Put(std::move(client_)); }

  SessionState State() override;
  void Publish(const std::string& payload) override;
  std::vector<ReceivedMessage> TakeMessages() override { return client_->TakeMessages(); }
  FarEndLook LookAtFarEnd() override;
  bool BytesAtOurEnd() override;

 private:
  void AddRelay(SessionState& state);
  Failure TcpFailure() const;

  std::unique_ptr<PahoClient> client_;
  const SocketAddress peer_;
  FarEndView& view_;
  PahoReaper& reaper_;
  std::optional<std::uint32_t> sent_before_;  // segments, when the newest message was handed over
  std::optional<Failure> failure_;            // found out here, stands before what the client says
};

SessionState PahoSession::State() {
  SessionState state = client_->State();
  // Found while all is well: once the library has closed it, only its addresses are left.
  if (state.phase == Phase::kOpen) client_->socket().Find();
  if (client_->relay() != nullptr) AddRelay(state);
  if (!failure_ && state.failure && state.failure->stage == Stage::kTcp && !client_->relay()) {
    failure_ = TcpFailure();
  }
  if (failure_) {
    state.phase = Phase::kEnded;
    state.failure = failure_;
  }
  return state;
}

// The relay sees what the library can't: every step until MQTT speaks. From then on the library
// knows better.
void PahoSession::AddRelay(SessionState& state) {
  const OutwardState outward = client_->relay()->State();
  for (std::size_t stage = 0; stage < kStageCount; ++stage) {
    if (outward.stages[stage]) state.stages[stage] = outward.stages[stage];
  }
  if (outward.stage == Stage::kSession) return;
  if (state.phase == Phase::kConnecting) state.stage = outward.stage;
  if (!failure_) failure_ = outward.failure;
}

FarEndLook PahoSession::LookAtFarEnd() {
  if (client_->relay() != nullptr) return client_->relay()->LookAtFarEnd();
  // Only a connection that is not up yet may have no socket to be found.
  if (client_->State().phase != Phase::kConnecting && !client_->socket().Find()) return {};
  return client_->socket().Look();
}

bool PahoSession::BytesAtOurEnd() {
  const bool relay_waits = client_->relay() != nullptr && client_->relay()->BytesAtOurEnd();
  const bool not_sent = sent_before_ && client_->socket().SegmentsSent() == sent_before_;
  return relay_waits || not_sent || client_->socket().BytesAtOurEnd();
}

// The library has one code for every connection that ended before CONNACK; its words tell whether
// the connection stood, the kernel tells whether anybody listens.
Failure PahoSession::TcpFailure() const {
  const std::string words = Printable(client_->ConnectError());
  if (words == "TCP connect completion failure") {
    return MakeFailure(Stage::kConnack, FailReason::kClosed, "closed before CONNACK");
  }
  const ListenQueue queue = view_.LookAtListener(peer_);
  const bool listens = queue == ListenQueue::kHasRoom || queue == ListenQueue::kFull;
  return MakeFailure(Stage::kTcp, listens ? FailReason::kReset : FailReason::kRefused, words);
}

void PahoSession::Publish(const std::string& payload) {
  sent_before_ = client_->socket().SegmentsSent();
  try {
    client_->Publish(payload);
  } catch (const paho::exception& error) {
    const bool gone = error.get_return_code() == MQTTASYNC_DISCONNECTED;
    failure_ = MakeFailure(Stage::kSession, gone ? FailReason::kClosed : FailReason::kAgentInternal,
                           Printable(error.what()));
  } catch (const std::exception& error) {
    failure_ = MakeFailure(Stage::kSession, FailReason::kAgentInternal, Printable(error.what()));
  }
}

}  // namespace

PahoSessions::PahoSessions(OwnSockets& own_sockets, FarEndView& far_end, const Clock& clock,
                           Bell& bell)
    : own_sockets_(own_sockets),
      far_end_(far_end),
      clock_(clock),
      bell_(bell),
      reaper_(std::make_unique<PahoReaper>()) {
  // The library sends even loopback connections to the proxy that these name.
  ::unsetenv("http_proxy");
  ::unsetenv("https_proxy");
}

PahoSessions::~PahoSessions() = default;

Result<std::unique_ptr<Session>> PahoSessions::Open(const SessionSpec& spec) {
  if (reaper_->IsStuck()) return Fail("the client library does not let its clients go");
  try {
    std::unique_ptr<Relay> relay;
    if (Relay::IsNeeded(spec.endpoint)) {
      auto opened = Relay::Open(spec.endpoint, own_sockets_, far_end_, clock_, bell_);
      if (!opened) return tl::unexpected(opened.error());
      relay = std::move(*opened);
    }
    const SocketAddress to =
        relay ? relay->address() : *MakeAddress(spec.endpoint.host, spec.endpoint.port);
    auto client = std::make_unique<PahoClient>(spec, to, std::move(relay), own_sockets_, far_end_,
                                               clock_, bell_);
    client->Connect();
    return std::make_unique<PahoSession>(std::move(client), to, far_end_, *reaper_);
  } catch (const std::exception& error) {
    return Fail(Printable(error.what()));
  }
}

}  // namespace vitals::mqtt

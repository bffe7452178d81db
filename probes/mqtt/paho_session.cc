#include "probes/mqtt/paho_session.h"

#include <mqtt/async_client.h>
#include <pthread.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <stop_token>
#include <thread>

#include "agent/core/settings.h"
#include "probes/mqtt/connack.h"
#include "probes/mqtt/standing_socket.h"
#include "probes/mqtt/wire.h"

namespace vitals::mqtt {

namespace paho = ::mqtt;

namespace {

using Phase = SessionState::Phase;

// Whatever the silence, the library shall not end it: the owner does.
constexpr std::chrono::seconds kNoTimeout{24 * 3600};
// How long the goodbyes of the clients that end together may take.
constexpr std::chrono::milliseconds kGoodbye{100};

std::string CodeText(const char* packet, int code) {
  return std::string(packet) + ", reason code " + std::to_string(code);
}

// The code of the broker's answer; 0 if it is none, as when the connection went before it came.
int BrokerCode(const paho::token& token) {
  // MQTT 3.1.1 has return codes only; the library marks its reason code as unused.
  const int reason = token.get_reason_code();
  const int code = reason == paho::MQTTPP_V3_CODE ? token.get_return_code() : reason;
  return code >= 0x80 ? code : 0;
}

Failure PublishFailure(const paho::token& token) {
  return MakeFailure(Stage::kDelivery, FailReason::kPubackRefused,
                     CodeText("PUBACK", token.get_reason_code()));
}

std::string Uri(const SessionSpec& spec) {
  return "tcp://" + Address{spec.to.Host(), spec.to.port}.ToString();
}

// One Paho client and what it has told so far. The callbacks and the owner meet in this object.
class PahoClient final : public paho::callback, public paho::iaction_listener {
 public:
  PahoClient(const SessionSpec& spec, OwnSockets& own_sockets, FarEndView& view, const Clock& clock,
             Bell& bell)
      : socket_(spec.to, spec.via_proxy, own_sockets, view),
        spec_(spec),
        clock_(clock),
        bell_(bell),
        client_(Uri(spec), spec.client_id, paho::create_options(spec.mqtt_version)) {}

  void Connect();
  void Publish(const std::string& payload);
  // Says DISCONNECT if there is anybody to say it to; null if not.
  paho::token_ptr SayGoodbye();
  // Why connect failed, in the library's words; on the owner's thread.
  std::string ConnectError() const;
  StandingSocket& socket() { return socket_; }  // for the owner's thread

  SessionState State() const {
    const std::lock_guard lock(mutex_);
    return state_;
  }
  std::vector<ReceivedMessage> TakeMessages() {
    const std::lock_guard lock(mutex_);
    return std::exchange(messages_, {});
  }

 private:
  // The tokens tell themselves apart by their type only, so the phase does.
  void on_success(const paho::token& token) override;
  void on_failure(const paho::token& token) override;
  void connection_lost(const std::string& cause) override;
  void message_arrived(paho::const_message_ptr message) override;
  void OnDisconnect(paho::ReasonCode reason);

  void End(Failure failure);
  Failure ConnectFailure(const paho::token& token) const;
  // Runs `work` under the lock, stops its exceptions and rings.
  template <typename Work>
  void Note(Work work) noexcept;

  // Claimed until the client is destroyed, so that its successor does not take it for its own.
  StandingSocket socket_;
  const SessionSpec spec_;
  const Clock& clock_;
  Bell& bell_;
  mutable std::mutex mutex_;
  SessionState state_;
  std::vector<ReceivedMessage> messages_;
  Time step_at_{};
  paho::token_ptr connect_token_;
  paho::async_client client_;  // last: it is destroyed first, and with it the callbacks end
};

template <typename Work>
void PahoClient::Note(Work work) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    work();
  } catch (...) {
    // Only memory can fail here; the owner's deadline will see the silence.
  }
  bell_.Ring();
}

void PahoClient::End(Failure failure) {
  if (state_.phase == Phase::kEnded) return;
  state_.phase = Phase::kEnded;
  state_.failure = std::move(failure);
}

void PahoClient::Connect() {
  step_at_ = clock_.Now();
  client_.set_callback(*this);
  client_.set_disconnected_handler(
      [this](const paho::properties&, paho::ReasonCode reason) { OnDisconnect(reason); });
  paho::connect_options options;
  options.set_mqtt_version(spec_.mqtt_version);
  if (spec_.mqtt_version >= 5) {
    options.set_clean_start(true);
    paho::properties properties;
    properties.add({paho::property::SESSION_EXPIRY_INTERVAL, 0});
    properties.add({paho::property::MAXIMUM_PACKET_SIZE, static_cast<int>(kMaximumPacket)});
    properties.add({paho::property::USER_PROPERTY, kMarkName, kMarkValue});
    options.set_properties(std::move(properties));
  } else {
    options.set_clean_session(true);
  }
  options.set_keep_alive_interval(kSessionKeepAlive);
  options.set_connect_timeout(kNoTimeout);
  options.set_automatic_reconnect(false);
  if (!spec_.username.empty()) options.set_user_name(spec_.username);
  if (spec_.password) options.set_password(*spec_.password);
  // Not moved: a moved connect_options forgets its properties (Paho MQTT C++ 1.2.0).
  connect_token_ = client_.connect(options, nullptr, *this);
}

std::string PahoClient::ConnectError() const {
  try {
    if (connect_token_) connect_token_->try_wait();
  } catch (const paho::exception& error) {
    return error.get_message();
  }
  return {};
}

void PahoClient::Publish(const std::string& payload) {
  {
    const std::lock_guard lock(mutex_);
    state_.publish_failure.reset();
  }
  client_.publish(paho::make_message(spec_.topic, payload, spec_.qos, false), nullptr, *this);
}

paho::token_ptr PahoClient::SayGoodbye() {
  try {
    client_.disable_callbacks();
    if (State().phase == Phase::kOpen) return client_.disconnect(kGoodbye);
  } catch (const std::exception&) {
    // The connection has gone meanwhile.
  }
  return nullptr;
}

void PahoClient::on_success(const paho::token& token) {
  bool subscribe = false;
  Note([&] {
    // A publish of QoS 0 succeeds when it is sent: nobody has answered.
    if (token.get_type() != paho::token::PUBLISH || spec_.qos > 0) ++state_.answers;
    const Time now = clock_.Now();
    // The library may report one CONNACK twice.
    if (token.get_type() == paho::token::CONNECT && state_.phase == Phase::kConnecting) {
      state_.phase = Phase::kSubscribing;
      state_.connack = now - step_at_;
      step_at_ = now;
      subscribe = true;
    } else if (token.get_type() == paho::token::SUBSCRIBE && state_.phase == Phase::kSubscribing) {
      state_.phase = Phase::kOpen;
      state_.suback = now - step_at_;
    } else if (token.get_type() == paho::token::PUBLISH && BrokerCode(token) != 0) {
      state_.publish_failure = PublishFailure(token);
    }
  });
  if (!subscribe) return;
  try {
    client_.subscribe(spec_.topic, spec_.qos, nullptr, *this);
  } catch (const std::exception& error) {
    Note([&] {
      End(MakeFailure(Stage::kSuback, FailReason::kAgentInternal, Printable(error.what())));
    });
  }
}

Failure PahoClient::ConnectFailure(const paho::token& token) const {
  // A return code below 0 is the library's own.
  const int code = std::max(BrokerCode(token), token.get_return_code());
  if (code > 0) {
    Connack connack;
    connack.code = static_cast<std::uint8_t>(code);
    const auto reason = ReasonOfConnack(spec_.mqtt_version, connack.code);
    return MakeFailure(Stage::kConnack, reason.value_or(FailReason::kConnackOther),
                       Describe(connack));
  }
  return MakeFailure(Stage::kTcp, FailReason::kRefused);
}

void PahoClient::on_failure(const paho::token& token) {
  Note([&] {
    if (token.get_type() == paho::token::CONNECT) return End(ConnectFailure(token));
    const int code = BrokerCode(token);
    if (code == 0) return;  // the connection is lost, which is told separately
    ++state_.answers;
    if (token.get_type() == paho::token::SUBSCRIBE) {
      End(MakeFailure(Stage::kSuback, FailReason::kSubackRefused, CodeText("SUBACK", code)));
    } else if (token.get_type() == paho::token::PUBLISH) {
      state_.publish_failure = PublishFailure(token);
    }
  });
}

void PahoClient::connection_lost(const std::string&) {
  Note([&] { End(MakeFailure(Stage::kSession, FailReason::kClosed, "connection lost")); });
}

void PahoClient::OnDisconnect(paho::ReasonCode reason) {
  Note([&] {
    ++state_.answers;
    const int code = reason;
    End(MakeFailure(Stage::kSession, ReasonOfDisconnect(static_cast<std::uint8_t>(code)),
                    CodeText("DISCONNECT", code)));
  });
}

void PahoClient::message_arrived(paho::const_message_ptr message) {
  constexpr std::size_t kMaximumWaiting = 1000;  // a flood on our topic shall not fill the memory
  Note([&] {
    ++state_.answers;
    if (messages_.size() >= kMaximumWaiting) return;
    messages_.push_back(
        {message->get_payload_str().substr(0, 256), clock_.Now(), message->is_retained()});
  });
}

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
      for (auto& client : clients) goodbyes.push_back(client->SayGoodbye());
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

  std::mutex mutex_;
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
  bool BytesAtOurEnd() override { return client_->socket().BytesAtOurEnd(); }

 private:
  Failure TcpFailure() const;

  std::unique_ptr<PahoClient> client_;
  const SocketAddress peer_;
  FarEndView& view_;
  PahoReaper& reaper_;
  std::optional<Failure> failure_;  // found out here, stands before what the client says
};

SessionState PahoSession::State() {
  SessionState state = client_->State();
  // Found while all is well: once the library has closed it, only its addresses are left.
  if (state.phase == Phase::kOpen) client_->socket().Find();
  if (!failure_ && state.failure && state.failure->stage == Stage::kTcp) failure_ = TcpFailure();
  if (failure_) {
    state.phase = Phase::kEnded;
    state.failure = failure_;
  }
  return state;
}

FarEndLook PahoSession::LookAtFarEnd() {
  // Only a connection that is not up yet may have no socket to be found.
  if (client_->State().phase != Phase::kConnecting && !client_->socket().Find()) return {};
  return client_->socket().Look();
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
  try {
    auto client = std::make_unique<PahoClient>(spec, own_sockets_, far_end_, clock_, bell_);
    client->Connect();
    return std::make_unique<PahoSession>(std::move(client), spec.to, far_end_, *reaper_);
  } catch (const std::exception& error) {
    return Fail(Printable(error.what()));
  }
}

}  // namespace vitals::mqtt

#include "probes/mqtt/paho_client.h"

#include <algorithm>
#include <utility>

#include "probes/mqtt/connack.h"
#include "probes/mqtt/wire.h"

namespace vitals::mqtt {

namespace {

using Phase = SessionState::Phase;
using paho::property;

// Whatever the silence, the library shall not end it: the owner does.
constexpr std::chrono::seconds kNoTimeout{24 * 3600};
// A broker that holds our messages for clients which are gone need not do so for long.
constexpr int kMessageExpiryS = 60;
// The fixed header, the lengths and the properties of a PUBLISH of ours.
constexpr std::size_t kPublishOverhead = 64;

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

std::string Uri(const SocketAddress& to) {
  return "tcp://" + Address{to.Host(), to.port}.ToString();
}

std::string TextOf(const paho::properties& properties, property::code code) {
  return properties.contains(code) ? Printable(paho::get<std::string>(properties, code)) : "";
}

}  // namespace

PahoClient::PahoClient(const SessionSpec& spec, const SocketAddress& to,
                       std::unique_ptr<Relay> relay, OwnSockets& own_sockets, FarEndView& view,
                       const Clock& clock, Bell& bell)
    : socket_(to, spec.endpoint.via_proxy, own_sockets, view),
      spec_(spec),
      clock_(clock),
      bell_(bell),
      relay_(std::move(relay)),
      client_(Uri(to), spec.client_id, paho::create_options(spec.endpoint.mqtt_version)) {}

template <typename Work>
void PahoClient::Note(Work work) noexcept {
  try {
    // Not under the lock: whatever holds up the library's thread shall not hold up the owner's.
    const Time now = clock_.Now();
    const std::lock_guard lock(mutex_);
    work(now);
  } catch (...) {
    // Only memory can fail here; the owner's deadline will see the silence.
  }
  bell_.Ring();
}

SessionState PahoClient::State() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

std::vector<ReceivedMessage> PahoClient::TakeMessages() {
  const std::lock_guard lock(mutex_);
  return std::exchange(messages_, {});
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
      [this](const paho::properties& properties, paho::ReasonCode reason) {
        OnDisconnect(properties, reason);
      });
  paho::connect_options options;
  options.set_mqtt_version(spec_.endpoint.mqtt_version);
  if (spec_.endpoint.mqtt_version >= 5) {
    options.set_clean_start(true);
    paho::properties properties;
    properties.add({property::SESSION_EXPIRY_INTERVAL, 0});
    properties.add({property::MAXIMUM_PACKET_SIZE, static_cast<int>(kMaximumPacket)});
    properties.add({property::USER_PROPERTY, kMarkName, kMarkValue});
    options.set_properties(std::move(properties));
  } else {
    options.set_clean_session(true);
  }
  options.set_keep_alive_interval(spec_.keep_alive);
  options.set_connect_timeout(kNoTimeout);
  options.set_automatic_reconnect(false);
  if (!spec_.endpoint.username.empty()) options.set_user_name(spec_.endpoint.username);
  if (spec_.endpoint.password) options.set_password(*spec_.endpoint.password);
  // Not moved: a moved connect_options forgets its properties (Paho MQTT C++ 1.2.0).
  connect_token_ = client_.connect(options, nullptr, *this);
}

// The library keeps to Receive Maximum by itself, and to nothing else of this.
void PahoClient::NoteLimits(const paho::token& connected) {
  if (spec_.endpoint.mqtt_version < 5) return;
  const auto response = connected.get_connect_response();
  const paho::properties& properties = response.get_properties();
  if (properties.contains(property::SERVER_KEEP_ALIVE)) {
    state_.server_keep_alive =
        std::chrono::seconds(paho::get<std::uint16_t>(properties, property::SERVER_KEEP_ALIVE));
  }
  if (properties.contains(property::MAXIMUM_PACKET_SIZE)) {
    maximum_packet_ = paho::get<std::uint32_t>(properties, property::MAXIMUM_PACKET_SIZE);
  }
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
    if (spec_.topic.size() + payload.size() + kPublishOverhead > maximum_packet_) {
      state_.publish_failure = MakeFailure(
          Stage::kDelivery, FailReason::kAgentInternal,
          "the broker takes packets of " + std::to_string(maximum_packet_) + " bytes only");
      return;
    }
  }
  const auto message = paho::make_message(spec_.topic, payload, spec_.qos, false);
  if (spec_.endpoint.mqtt_version >= 5) {
    paho::properties properties;
    properties.add({property::MESSAGE_EXPIRY_INTERVAL, kMessageExpiryS});
    properties.add({property::USER_PROPERTY, kMarkName, kMarkValue});
    message->set_properties(std::move(properties));
  }
  client_.publish(message, nullptr, *this);
}

paho::token_ptr PahoClient::SayGoodbye(std::chrono::milliseconds limit) {
  try {
    client_.disable_callbacks();
    if (State().phase == Phase::kOpen) return client_.disconnect(limit);
  } catch (const std::exception&) {
    // The connection has gone meanwhile.
  }
  return nullptr;
}

void PahoClient::on_success(const paho::token& token) {
  bool subscribe = false;
  Note([&](Time now) {
    // A publish of QoS 0 succeeds when it is sent: nobody has answered.
    if (token.get_type() != paho::token::PUBLISH || spec_.qos > 0) ++state_.answers;
    // The library may report one CONNACK twice.
    if (token.get_type() == paho::token::CONNECT && state_.phase == Phase::kConnecting) {
      state_.phase = Phase::kSubscribing;
      state_.stages[static_cast<std::size_t>(Stage::kConnack)] = now - step_at_;
      state_.stage = Stage::kSuback;
      NoteLimits(token);
      step_at_ = now;
      subscribe = true;
    } else if (token.get_type() == paho::token::SUBSCRIBE && state_.phase == Phase::kSubscribing) {
      state_.phase = Phase::kOpen;
      state_.stages[static_cast<std::size_t>(Stage::kSuback)] = now - step_at_;
      state_.stage = Stage::kSession;
    } else if (token.get_type() == paho::token::PUBLISH && BrokerCode(token) != 0) {
      state_.publish_failure = PublishFailure(token);
    }
  });
  if (!subscribe) return;
  try {
    client_.subscribe(spec_.topic, spec_.qos, nullptr, *this);
  } catch (const std::exception& error) {
    Note([&](Time) {
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
    const auto reason = ReasonOfConnack(spec_.endpoint.mqtt_version, connack.code);
    return MakeFailure(Stage::kConnack, reason.value_or(FailReason::kConnackOther),
                       Describe(connack));
  }
  return MakeFailure(Stage::kTcp, FailReason::kRefused);
}

void PahoClient::on_failure(const paho::token& token) {
  Note([&](Time) {
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
  Note([&](Time) { End(MakeFailure(state_.stage, FailReason::kClosed, "connection lost")); });
}

void PahoClient::OnDisconnect(const paho::properties& properties, paho::ReasonCode reason) {
  Note([&](Time) {
    ++state_.answers;
    const int code = reason;
    std::string text = CodeText("DISCONNECT", code);
    const std::string words = TextOf(properties, property::REASON_STRING);
    const std::string other = TextOf(properties, property::SERVER_REFERENCE);
    if (!words.empty()) text += ": " + words;
    if (!other.empty()) text += ", use " + other;
    End(MakeFailure(Stage::kSession, ReasonOfDisconnect(static_cast<std::uint8_t>(code)), text));
  });
}

void PahoClient::message_arrived(paho::const_message_ptr message) {
  constexpr std::size_t kMaximumWaiting = 1000;  // a flood on our topic shall not fill the memory
  Note([&](Time now) {
    ++state_.answers;
    if (messages_.size() >= kMaximumWaiting) return;
    messages_.push_back({message->get_payload_str().substr(0, 256), now, message->is_retained()});
  });
}

}  // namespace vitals::mqtt

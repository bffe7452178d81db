#include "probes/mqtt/websocket_layer.h"

#include <openssl/rand.h>

#include <array>
#include <utility>

#include "probes/mqtt/connack.h"

namespace vitals::mqtt {
namespace {

std::string MakeKey() {
  std::array<unsigned char, 16> bytes{};
  ::RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  return EncodeKey({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

// "closed with 1001: text", RFC 6455 section 5.5.1.
std::string DescribeClose(std::string_view payload) {
  if (payload.size() < 2) return "closed without a code";
  const unsigned code =
      static_cast<std::uint8_t>(payload[0]) * 256u + static_cast<std::uint8_t>(payload[1]);
  std::string text = "closed with " + std::to_string(code);
  if (payload.size() > 2) text += ": " + Printable(payload.substr(2));
  return text;
}

}  // namespace

WebSocketLayer::WebSocketLayer(std::string host, std::string path)
    : host_(std::move(host)),
      path_(std::move(path)),
      random_(std::random_device{}()),
      key_(MakeKey()),
      reply_(key_) {}

std::string WebSocketLayer::Masked(Opcode opcode, std::string_view payload) {
  return EncodeFrame(opcode, payload, static_cast<std::uint32_t>(random_()));
}

Layer::State WebSocketLayer::Fail(Stage stage, FailReason reason, std::string detail) {
  failure_ = MakeFailure(stage, reason, std::move(detail));
  return state_ = State::kFailed;
}

void WebSocketLayer::Open(std::string& down) { down += EncodeUpgrade(host_, path_, key_); }

Layer::State WebSocketLayer::Receive(std::string_view bytes, std::string& down, std::string& up) {
  if (state_ == State::kOpening) {
    switch (reply_.Feed(bytes)) {
      case UpgradeReply::State::kNeedMore:
        return state_;
      case UpgradeReply::State::kStatus:
        return Fail(Stage::kUpgrade, FailReason::kUpgradeStatus, reply_.detail());
      case UpgradeReply::State::kInvalid:
        return Fail(Stage::kUpgrade, FailReason::kUpgradeInvalid, reply_.detail());
      case UpgradeReply::State::kAccepted:
        break;
    }
    state_ = State::kOpen;
    frames_.Feed(reply_.TakeRest());
  } else {
    frames_.Feed(bytes);
  }
  return TakeFrames(down, up);
}

Layer::State WebSocketLayer::TakeFrames(std::string& down, std::string& up) {
  while (const auto frame = frames_.Next()) {
    switch (frame->opcode) {
      case Opcode::kPing:
        down += Masked(Opcode::kPong, frame->payload);
        break;
      case Opcode::kPong:
        break;
      case Opcode::kClose:
        return Fail(Stage::kConnack, FailReason::kClosed, DescribeClose(frame->payload));
      default:
        up += frame->payload;
    }
  }
  if (frames_.problem() == nullptr) return state_;
  return Fail(Stage::kConnack, FailReason::kMalformed,
              std::string("WebSocket: ") + frames_.problem());
}

void WebSocketLayer::Send(std::string_view bytes, std::string& down) {
  down += Masked(Opcode::kBinary, bytes);
}

void WebSocketLayer::Close(std::string& down) {
  if (state_ == State::kOpen) down += Masked(Opcode::kClose, kCloseNormal);
}

}  // namespace vitals::mqtt

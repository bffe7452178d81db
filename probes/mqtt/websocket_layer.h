// WebSocketLayer: the client's side of a WebSocket that carries MQTT, on one connection. Answers
// pings; a close from the peer is a failure, since the probe is who says goodbye.
//
// Belongs to one FreshConnect and its thread.
//
// Source: RFC 6455; MQTT 3.1.1 section 6.
#pragma once

#include <random>
#include <string>

#include "probes/mqtt/layer.h"
#include "probes/mqtt/websocket_frames.h"
#include "probes/mqtt/websocket_upgrade.h"

namespace vitals::mqtt {

class WebSocketLayer final : public Layer {
 public:
  // `host` as in the Host header.
  WebSocketLayer(std::string host, std::string path);

  Stage stage() const override { return Stage::kUpgrade; }
  void Open(std::string& down) override;
  State Receive(std::string_view bytes, std::string& down, std::string& up) override;
  void Send(std::string_view bytes, std::string& down) override;
  void Close(std::string& down) override;
  const Failure& failure() const override { return failure_; }

 private:
  State Fail(Stage stage, FailReason reason, std::string detail);
  State TakeFrames(std::string& down, std::string& up);
  std::string Masked(Opcode opcode, std::string_view payload);

  const std::string host_;
  const std::string path_;
  // Masks keep proxies from taking payload for HTTP (RFC 6455 section 10.3): ours is our own.
  std::minstd_rand random_;
  const std::string key_;
  UpgradeReply reply_;
  FrameReader frames_;
  State state_ = State::kOpening;
  Failure failure_;
};

}  // namespace vitals::mqtt

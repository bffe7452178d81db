// MosquittoBroker: Eclipse Mosquitto with a log file, by wish with all its kinds of listeners, a
// password file and persistence. See tests/support/broker.h.
#pragma once

#include <cstdint>
#include <string>

#include "tests/support/broker.h"

namespace vitals {

struct MosquittoOptions {
  std::uint16_t port = 0;  // 0: a free one
  Listeners listeners = Listeners::kPlain;
  bool persistence = false;
  std::string username{};  // with one, nobody gets in without it and its password
  std::string password{};
  std::string acl{};    // text of an ACL file; empty = everything is allowed
  std::string extra{};  // lines for mosquitto.conf, about the last of its listeners
  int descriptors = 0;  // RLIMIT_NOFILE; 0 = as the test has it
};

class MosquittoBroker final : public Broker {
 public:
  explicit MosquittoBroker(MosquittoOptions options = {});
  static bool Available();

  // Written now, in force after the next Start or Hangup.
  Result<void> SetPassword(const std::string& password);
  // Its TLS listeners speak plain MQTT from the next Start on, as after a mistake in a deployment.
  void LoseTls() { tls_ = false; }

 private:
  Result<ProcessOptions> Prepare() override;

  std::string ListenerText(const BrokerListener& listener) const;

  MosquittoOptions options_;
  bool tls_ = true;
};

}  // namespace vitals

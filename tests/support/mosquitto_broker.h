// MosquittoBroker: Eclipse Mosquitto with a log file, by wish with a password file and with
// persistence. See tests/support/broker.h.
#pragma once

#include <cstdint>
#include <string>

#include "tests/support/broker.h"

namespace vitals {

struct MosquittoOptions {
  std::uint16_t port = 0;  // 0: a free one
  bool persistence = false;
  std::string username{};  // with one, nobody gets in without it and its password
  std::string password{};
  std::string acl{};  // text of an ACL file; empty = everything is allowed
};

class MosquittoBroker final : public Broker {
 public:
  explicit MosquittoBroker(MosquittoOptions options = {});
  static bool Available();

  // Written now, in force after the next Start or Hangup.
  Result<void> SetPassword(const std::string& password);

 private:
  Result<ProcessOptions> Prepare() override;

  MosquittoOptions options_;
};

}  // namespace vitals

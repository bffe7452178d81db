// AuthServer: the HTTP server that RabbitMQ asks whether a client may do what it wants
// (rabbitmq_auth_backend_http). It allows everything, until it hangs: from then on it takes
// questions and answers none.
//
// One owner; Hang from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "agent/core/fd.h"
#include "tests/support/rabbitmq_broker.h"

namespace vitals {

class AuthServer {
 public:
  explicit AuthServer(std::uint16_t port);  // on 127.0.0.1

  void Hang() { hangs_ = true; }

 private:
  void Serve(const std::stop_token& stop) const;

  const Fd listening_;
  std::atomic<bool> hangs_ = false;
  std::jthread thread_;
};

// A broker that asks the server on that port.
RabbitMqOptions AskingFirst(std::uint16_t port);

}  // namespace vitals

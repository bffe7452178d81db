// Crowd: many MQTT clients that do nothing but be connected. One owner, one thread.
//
// Source: MQTT 3.1.1 sections 3.1 and 3.3.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/core/time.h"
#include "tests/support/connection.h"

namespace vitals {

// CONNECT with a clean session.
std::string ConnectPacket(const std::string& client_id);
// PUBLISH with QoS 0, retained.
std::string RetainedPacket(const std::string& topic, std::size_t bytes);

class Crowd {
 public:
  explicit Crowd(std::uint16_t port) : port_(port) {}

  // Opens connections and asks to be let in; nobody waits for an answer. How many were opened.
  std::size_t Come(std::size_t clients, Duration limit = std::chrono::seconds(20));
  void Leave() { connections_.clear(); }

 private:
  const std::uint16_t port_;
  std::vector<Connection> connections_;
};

// So many retained messages, each on a topic of its own, in so much time at most.
bool FillStore(std::uint16_t port, int messages, std::size_t bytes = 1024,
               Duration limit = std::chrono::seconds(60));

}  // namespace vitals

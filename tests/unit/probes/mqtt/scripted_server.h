// ScriptedServer: a listener on a free port whose behaviour a test writes down: one function, run
// for each accepted connection, one after the other, on the server's own thread. Or nobody accepts.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "agent/core/fd.h"

namespace vitals::mqtt {

// The server's end of a connection. Reads wait at most 5 s.
class ServerEnd {
 public:
  explicit ServerEnd(Fd fd) : fd_(std::move(fd)) {}

  // One whole MQTT packet; empty = the client closed.
  std::string ReadPacket();
  void Send(const std::string& bytes);
  // Until the client closes its end.
  void WaitForClose();
  void Reset();

 private:
  Fd fd_;
};

class ScriptedServer {
 public:
  using Script = std::function<void(ServerEnd&)>;

  // No script: connections stay in the accept queue until Accept is called.
  explicit ScriptedServer(Script script = {}, const char* host = "127.0.0.1", int backlog = 128);
  ~ScriptedServer();

  std::uint16_t port() const { return port_; }
  void Accept(Script script);
  int accepted() const { return accepted_; }

 private:
  void Loop(const Script& script);

  Fd listener_;
  Fd stop_;
  std::uint16_t port_ = 0;
  std::atomic<int> accepted_ = 0;
  std::thread thread_;
};

// A port on which nobody listens.
std::uint16_t ClosedPort();

}  // namespace vitals::mqtt

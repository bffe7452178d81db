// ScriptedServer: a listener on a free port whose behaviour a test writes down: one function, run
// for each accepted connection, one after the other, on the server's own thread. It may take
// packets apart unchecked: where the client closes early it ends. Or nobody accepts.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "agent/core/fd.h"
#include "agent/core/time.h"

namespace vitals::mqtt {

// The server's end of a connection.
class ServerEnd {
 public:
  // Ends, whatever the script does, as soon as `stop` becomes readable.
  ServerEnd(Fd fd, int stop) : fd_(std::move(fd)), stop_(stop) {}

  // One whole MQTT packet; empty = the client closed.
  std::string ReadPacket();
  // Empty if none begins in that time.
  std::string ReadPacketWithin(Duration limit);
  // Up to and with `end`; what came until then if the client closes.
  std::string ReadUntil(std::string_view end);
  // What one recv(2) gives.
  std::string ReadSegment();
  void Send(const std::string& bytes);
  // Until the client closes its end.
  void WaitForClose();
  void Reset();
  int fd() const { return fd_.get(); }

 private:
  // False = nothing will come any more.
  bool Readable();

  Fd fd_;
  int stop_;
};

// A script: lets an MQTT 3.1.1 client in, takes its subscription, and sends back what it publishes
// until it says good-bye.
void Echo(ServerEnd& end);

class ScriptedServer {
 public:
  using Script = std::function<void(ServerEnd&)>;

  // No script: connections stay in the accept queue until Accept is called. A host that begins with
  // '/' is the path of a unix socket.
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

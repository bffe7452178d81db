// Broker: a real MQTT broker as a child process of a test, listening on one port of 127.0.0.1 and
// logging into a file. One owner, one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "agent/core/result.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace vitals {

class Broker {
 public:
  virtual ~Broker() = default;

  // Starts it, again too, and returns when it has answered a CONNECT.
  Result<void> Start();
  void Stop();    // SIGTERM, and waits for the end
  void Kill9();   // SIGKILL, and waits for the end
  void Freeze();  // SIGSTOP
  void Thaw();    // SIGCONT
  void Hangup();  // SIGHUP: Mosquitto reads its configuration and opens its log again

  std::uint16_t port() const { return port_; }
  const std::filesystem::path& folder() const { return folder_.path(); }
  std::filesystem::path log() const { return folder() / log_; }

 protected:
  Broker(std::uint16_t port, std::filesystem::path log);
  // Writes what the broker needs to start, and says how to start it.
  virtual Result<ProcessOptions> Prepare() = 0;
  const TempDir& files() const { return folder_; }

 private:
  TempDir folder_;
  const std::uint16_t port_;
  const std::filesystem::path log_;   // below folder_
  std::unique_ptr<Process> process_;  // dies before the folder goes
};

}  // namespace vitals

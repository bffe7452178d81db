// Broker: a real MQTT broker as a child process of a test, listening on 127.0.0.1 and logging into
// a file. One owner, one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/result.h"
#include "tests/support/certificates.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace vitals {

// One way into a broker, and what its clients have to bring.
struct BrokerListener {
  std::string scheme = "mqtt";  // mqtt, mqtts, ws or wss
  std::uint16_t port = 0;       // 0: a free one
  bool mutual = false;          // a client certificate
  bool proxy = false;           // a PROXY header
  std::string username{};
  std::string password{};

  bool UsesTls() const { return scheme == "mqtts" || scheme == "wss"; }
  bool UsesWebSocket() const { return scheme == "ws" || scheme == "wss"; }
};

// Which listeners a broker gets.
enum class Listeners : std::uint8_t { kPlain, kAll };

// The certificates of a broker and of its clients.
struct BrokerCertificates {
  std::filesystem::path authority;
  CertificateFiles server;
  CertificateFiles client;  // its common name is "agent"
};

class Broker {
 public:
  virtual ~Broker() = default;

  // Starts it, again too, and returns when it has answered a CONNECT and all its listeners are
  // open.
  Result<void> Start();
  Result<void> Launch();  // starts it and returns at once
  void Stop();            // SIGTERM, and waits for the end
  void Kill9();           // SIGKILL, and waits for the end
  void Freeze();          // SIGSTOP
  void Thaw();            // SIGCONT
  void Hangup();          // SIGHUP: Mosquitto reads its configuration and opens its log again
  void Signal(int signal);

  pid_t pid() const { return process_->pid(); }
  std::uint16_t port() const { return listeners_.front().port; }
  const std::vector<BrokerListener>& listeners() const { return listeners_; }
  // Made at the first Start of a broker that has a listener with TLS.
  const std::optional<BrokerCertificates>& certificates() const { return certificates_; }
  const std::filesystem::path& folder() const { return folder_.path(); }
  std::filesystem::path log() const { return folder() / log_; }

  // From the next Start on its MQTT listeners are on ::, for clients of both families.
  void ListenOnBothFamilies() { host_ = "::"; }

  // How long the broker's certificate holds from the next Start on; it may be over by then.
  void LetCertificateEndIn(std::chrono::seconds length) { certificate_ends_in_ = length; }

 protected:
  Broker(std::vector<BrokerListener> listeners, std::filesystem::path log);
  // Writes what the broker needs to start, and says how to start it.
  virtual Result<ProcessOptions> Prepare() = 0;
  // A client gets an answer, whatever it is.
  virtual bool Answers() const;
  const TempDir& files() const { return folder_; }
  // Where it listens, alone and with the port of a listener.
  const std::string& host() const { return host_; }
  std::string BoundTo(const BrokerListener& listener) const;

 private:
  void MakeCertificates();

  TempDir folder_;
  std::vector<BrokerListener> listeners_;
  const std::filesystem::path log_;  // below folder_
  std::string host_ = "127.0.0.1";
  std::optional<BrokerCertificates> certificates_;
  std::optional<std::chrono::seconds> certificate_ends_in_;
  std::unique_ptr<Process> process_;  // dies before the folder goes
};

// "127.0.0.1:PORT" of a listener.
std::string PlaceOf(const BrokerListener& listener);

}  // namespace vitals

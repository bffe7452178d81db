#include "tests/support/nats_broker.h"

#include <utility>

#include "tests/support/free_port.h"

namespace vitals {
namespace {

using Security = NatsOptions::Security;

std::vector<BrokerListener> ListenersOf(const NatsOptions& options) {
  const bool tls = options.security != Security::kNone;
  const bool mutual = options.security == Security::kMutual;
  return {{.scheme = tls ? "mqtts" : "mqtt",
           .mutual = mutual,
           .username = options.username,
           .password = options.password},
          {.scheme = tls ? "wss" : "ws",
           .mutual = mutual,
           .username = options.username,
           .password = options.password}};
}

std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

std::string TlsText(const BrokerCertificates& certificates, bool mutual) {
  return ", tls { cert_file: " + Quoted(certificates.server.cert.string()) +
         ", key_file: " + Quoted(certificates.server.key.string()) +
         (mutual ? ", verify: true, ca_file: " + Quoted(certificates.authority.string()) : "") +
         " }";
}

}  // namespace

NatsBroker::NatsBroker(NatsOptions options)
    : Broker(ListenersOf(options), "nats.log"), options_(std::move(options)) {}

bool NatsBroker::Available() { return FindProgram("nats-server").has_value(); }

Result<ProcessOptions> NatsBroker::Prepare() {
  const std::string tls =
      certificates() ? TlsText(*certificates(), options_.security == Security::kMutual) : "";
  std::string text =
      "server_name: vitals\nlisten: " + Quoted("127.0.0.1:" + std::to_string(FreePort())) +
      "\nlog_file: " + Quoted(log().string()) +
      "\njetstream { store_dir: " + Quoted((folder() / "data").string()) + " }\n" + options_.extra;
  text += "mqtt { listen: " + Quoted(BoundTo(listeners().front())) + tls + " }\n";
  text += "websocket { listen: " + Quoted(PlaceOf(listeners()[1])) +
          (tls.empty() ? ", no_tls: true" : tls) + " }\n";
  if (!options_.username.empty()) {
    text += "authorization { user: " + Quoted(options_.username) +
            ", password: " + Quoted(options_.password) + " }\n";
  }
  const std::string file = files().Write("nats.conf", text).string();
  return ProcessOptions{.name = "nats", .folder = folder(), .args = {"nats-server", "-c", file}};
}

// The first CONNECT makes it set up its streams; a client with TLS would be more to write than the
// line to look for.
bool NatsBroker::Answers() const {
  if (!certificates()) return Broker::Answers();
  return ReadFile(log()).find("[INF] Server is ready") != std::string::npos;
}

}  // namespace vitals

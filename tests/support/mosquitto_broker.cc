#include "tests/support/mosquitto_broker.h"

#include <unistd.h>

#include <utility>

#include "tests/support/mqtt_listeners.h"

namespace vitals {

MosquittoBroker::MosquittoBroker(MosquittoOptions options)
    : Broker(MakeListeners(options.listeners, options.port, options.username, options.password),
             "mosquitto.log"),
      options_(std::move(options)) {}

bool MosquittoBroker::Available() {
  return FindProgram("mosquitto") && FindProgram("mosquitto_passwd") &&
         FindProgram("mosquitto_pub") && FindProgram("mosquitto_sub");
}

Result<void> MosquittoBroker::SetPassword(const std::string& password) {
  options_.password = password;
  const std::string file = (folder() / "passwords").string();
  const auto done = RunToEnd(
      {.name = "passwd",
       .folder = folder(),
       .args = {"mosquitto_passwd", "-c", "-b", file, options_.username, options_.password}});
  if (done.code != 0) return Fail(done.err, "mosquitto_passwd");
  return {};
}

std::string MosquittoBroker::ListenerText(const BrokerListener& listener) const {
  std::string text = "listener " + std::to_string(listener.port) + " " + host() + "\n";
  if (listener.UsesWebSocket()) text += "protocol websockets\n";
  if (!listener.UsesTls() || !tls_) return text;
  text += "certfile " + certificates()->server.cert.string() + "\nkeyfile " +
          certificates()->server.key.string() + "\n";
  if (listener.mutual) {
    text += "cafile " + certificates()->authority.string() + "\nrequire_certificate true\n";
  }
  return text;
}

Result<ProcessOptions> MosquittoBroker::Prepare() {
  const std::string home = folder().string() + "/";
  std::string text = "log_dest file " + log().string() + "\n";
  for (const BrokerListener& listener : listeners()) text += ListenerText(listener);
  if (::geteuid() == 0) text += "user root\n";  // else it could not read its own files
  if (options_.username.empty()) {
    text += "allow_anonymous true\n";
  } else {
    if (auto set = SetPassword(options_.password); !set) return tl::unexpected(set.error());
    text += "allow_anonymous false\npassword_file " + home + "passwords\n";
  }
  if (!options_.acl.empty()) {
    text += "acl_file " + files().Write("acl", options_.acl).string() + "\n";
  }
  if (options_.persistence) {
    text += "persistence true\npersistence_location " + home + "\n";
  }
  text += options_.extra;  // below the last listener: it may be about that
  const std::string file = files().Write("mosquitto.conf", text).string();
  ProcessOptions start{.name = "mosquitto", .folder = folder(), .args = {"mosquitto", "-c", file}};
  if (options_.descriptors > 0) {
    const std::string limit = std::to_string(options_.descriptors);
    start.args.insert(start.args.begin(), {"prlimit", "--nofile=" + limit + ":" + limit});
  }
  return start;
}

}  // namespace vitals

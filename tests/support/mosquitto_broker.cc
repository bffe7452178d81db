#include "tests/support/mosquitto_broker.h"

#include <unistd.h>

#include <utility>

namespace vitals {

MosquittoBroker::MosquittoBroker(MosquittoOptions options)
    : Broker(options.port, "mosquitto.log"), options_(std::move(options)) {}

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

Result<ProcessOptions> MosquittoBroker::Prepare() {
  const std::string home = folder().string() + "/";
  std::string text =
      "listener " + std::to_string(port()) + " 127.0.0.1\nlog_dest file " + log().string() + "\n";
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
  const std::string file = files().Write("mosquitto.conf", text).string();
  return ProcessOptions{.name = "mosquitto", .folder = folder(), .args = {"mosquitto", "-c", file}};
}

}  // namespace vitals

#include "tests/e2e/e2e.h"

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace vitals {

std::vector<std::string> Watching(const Broker& broker, std::vector<std::string> more) {
  std::vector<std::string> flags = {"--broker", "mqtt://127.0.0.1:" + std::to_string(broker.port()),
                                    "--log", broker.log().string()};
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

int Publish(const Broker& broker, const std::string& topic, const std::string& message, bool retain,
            const std::string& client_id) {
  const TempDir folder;
  ProcessOptions options{.name = "pub",
                         .folder = folder.path(),
                         .args = {"mosquitto_pub", "-h", "127.0.0.1", "-p",
                                  std::to_string(broker.port()), "-t", topic, "-m", message}};
  if (retain) options.args.emplace_back("-r");
  if (!client_id.empty()) options.args.insert(options.args.end(), {"-i", client_id});
  return RunToEnd(options).code;
}

std::optional<std::string> NextTopic(const Broker& broker, const std::string& filter) {
  const TempDir folder;
  const auto done =
      RunToEnd({.name = "sub",
                .folder = folder.path(),
                .args = {"mosquitto_sub", "-h", "127.0.0.1", "-p", std::to_string(broker.port()),
                         "-t", filter, "-C", "1", "-W", "10", "-F", "%t"}});
  if (done.code != 0 || done.out.empty()) return std::nullopt;
  return done.out.substr(0, done.out.find('\n'));
}

}  // namespace vitals

#include "tests/support/hivemq_broker.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "tests/support/key_store.h"

namespace vitals {
namespace {

std::filesystem::path Installation() {
  if (const char* given = std::getenv("MQTT_VITALS_HIVEMQ")) return given;
  return std::filesystem::path(VITALS_SOURCE_DIR) / "build/tools/hivemq";
}

std::vector<BrokerListener> ListenersOf(Listeners listeners) {
  if (listeners == Listeners::kPlain) return {{.scheme = "mqtt"}};
  return {{.scheme = "mqtt"},
          {.scheme = "mqtts"},
          {.scheme = "mqtts", .mutual = true},
          {.scheme = "ws"},
          {.scheme = "wss"}};
}

std::string Tag(const std::string& name, const std::string& text) {
  return "<" + name + ">" + text + "</" + name + ">\n";
}

std::string ElementOf(const BrokerListener& listener) {
  const std::string kind = listener.UsesWebSocket() ? "websocket-listener" : "tcp-listener";
  return (listener.UsesTls() ? "tls-" : "") + kind;
}

}  // namespace

HiveMqBroker::HiveMqBroker(HiveMqOptions options)
    : Broker(ListenersOf(options.listeners), "log/hivemq.log"), options_(options) {}

Result<std::string> HiveMqBroker::Configuration() const {
  std::string key_store;
  std::string trust_store;
  if (certificates()) {
    const auto keys = MakeKeyStore(certificates()->server);
    if (!keys) return tl::unexpected(keys.error());
    const auto trusted = MakeTrustStore(certificates()->authority);
    if (!trusted) return tl::unexpected(trusted.error());
    const std::string password = Tag("password", kStorePassword);
    key_store = Tag("keystore", Tag("path", keys->string()) + password +
                                    Tag("private-key-password", kStorePassword));
    trust_store = Tag("truststore", Tag("path", trusted->string()) + password) +
                  Tag("client-authentication-mode", "REQUIRED");
  }
  std::string text;
  for (const BrokerListener& listener : listeners()) {
    std::string inner =
        Tag("port", std::to_string(listener.port)) + Tag("bind-address", "127.0.0.1");
    if (listener.UsesWebSocket()) inner += Tag("path", "/mqtt");
    if (listener.UsesTls()) inner += Tag("tls", key_store + (listener.mutual ? trust_store : ""));
    text += Tag(ElementOf(listener), inner);
  }
  return "<?xml version=\"1.0\"?>\n" +
         Tag("hivemq", Tag("listeners", text) + Tag("persistence", Tag("mode", "in-memory")) +
                           Tag("anonymous-usage-statistics", Tag("enabled", "false")));
}

bool HiveMqBroker::Available() {
  // The stamp is the last thing that the installation writes.
  return FindProgram("java") && std::filesystem::exists(Installation() / ".stamp");
}

Result<ProcessOptions> HiveMqBroker::Prepare() {
  namespace fs = std::filesystem;
  const fs::path from = Installation();
  std::error_code error;
  for (const char* name : {"data", "log"}) fs::create_directories(folder() / name, error);
  // A copy: the broker writes a file DISABLED beside an extension that failed.
  fs::copy(from / "extensions", folder() / "extensions",
           fs::copy_options::recursive | fs::copy_options::overwrite_existing, error);
  if (error) return Fail(error.message(), (from / "extensions").string());
  const auto configuration = Configuration();
  if (!configuration) return tl::unexpected(configuration.error());
  files().Write("conf/config.xml", *configuration);
  files().Write("conf/logback.xml", ReadFile(from / "conf/logback.xml"));

  ProcessOptions options{.name = "hivemq", .folder = folder(), .args = {"java"}};
  options.args.push_back("-Dhivemq.home=" + folder().string());
  options.args.push_back("-Xmx" + std::to_string(options_.heap_mib) + "m");
  if (options_.crash_on_full_heap) options.args.emplace_back("-XX:+CrashOnOutOfMemoryError");
  for (const char* arg :
       {"-Djava.net.preferIPv4Stack=true", "-Djava.security.egd=file:/dev/./urandom",
        "-Duser.language=en", "-Duser.region=US", "--add-opens", "java.base/java.lang=ALL-UNNAMED",
        "--add-opens", "java.base/java.nio=ALL-UNNAMED", "--add-opens",
        "java.base/sun.nio.ch=ALL-UNNAMED", "--add-opens",
        "jdk.management/com.sun.management.internal=ALL-UNNAMED", "--add-exports",
        "java.base/jdk.internal.misc=ALL-UNNAMED", "-cp"}) {
    options.args.emplace_back(arg);
  }
  options.args.push_back((from / "lib/*").string());
  options.args.emplace_back("com.hivemq.HiveMQServer");
  return options;
}

}  // namespace vitals

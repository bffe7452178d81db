#include "tests/support/hivemq_broker.h"

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/key_store.h"
#include "tests/support/mqtt_listeners.h"

namespace vitals {
namespace {

namespace fs = std::filesystem;

std::filesystem::path Installation() {
  if (const char* given = std::getenv("MQTT_VITALS_HIVEMQ")) return given;
  return std::filesystem::path(VITALS_SOURCE_DIR) / "build/tools/hivemq";
}

std::string Tag(const std::string& name, const std::string& text) {
  return "<" + name + ">" + text + "</" + name + ">\n";
}

std::string ElementOf(const BrokerListener& listener) {
  const std::string kind = listener.UsesWebSocket() ? "websocket-listener" : "tcp-listener";
  return (listener.UsesTls() ? "tls-" : "") + kind;
}

// HiveMQ's log of its clients, which the installed logback.xml leaves out.
constexpr const char* kEventLog =
    "<appender name=\"EVENT\" class=\"ch.qos.logback.core.FileAppender\">\n"
    "<file>${hivemq.log.folder}/event.log</file>\n"
    "<encoder><pattern>%-24(%d)- %msg%n%ex</pattern></encoder>\n</appender>\n"
    "<logger name=\"event.client-connected\" level=\"DEBUG\" additivity=\"false\">"
    "<appender-ref ref=\"EVENT\"/></logger>\n"
    "<logger name=\"event.client-disconnected\" level=\"DEBUG\" additivity=\"false\">"
    "<appender-ref ref=\"EVENT\"/></logger>\n"
    "</configuration>\n";

}  // namespace

HiveMqBroker::HiveMqBroker(HiveMqOptions options)
    : Broker(MakeListeners(options.listeners, 0, options.username, options.password),
             "log/hivemq.log"),
      options_(std::move(options)) {}

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
    std::string inner = Tag("port", std::to_string(listener.port)) + Tag("bind-address", host());
    if (listener.UsesWebSocket()) inner += Tag("path", "/mqtt");
    if (listener.UsesTls()) inner += Tag("tls", key_store + (listener.mutual ? trust_store : ""));
    text += Tag(ElementOf(listener), inner);
  }
  std::string more;
  if (options_.max_connections > 0) {
    more = Tag("restrictions", Tag("max-connections", std::to_string(options_.max_connections)));
  }
  return "<?xml version=\"1.0\"?>\n" +
         Tag("hivemq", Tag("listeners", text) + Tag("persistence", Tag("mode", "in-memory")) +
                           more + Tag("anonymous-usage-statistics", Tag("enabled", "false")));
}

bool HiveMqBroker::Available() {
  // The stamp is the last thing that the installation writes.
  return FindProgram("java") && std::filesystem::exists(Installation() / ".stamp");
}

void HiveMqBroker::HangLogins() const { files().Write("extensions/doorkeeper/hang", ""); }

// Instead of the extension that lets everybody in.
Result<void> HiveMqBroker::MakeDoorkeeper() const {
  const fs::path home = folder() / "extensions/doorkeeper";
  std::error_code error;
  fs::remove_all(folder() / "extensions/allow-all", error);
  fs::create_directories(home / "classes/META-INF/services", error);
  files().Write("extensions/doorkeeper/hivemq-extension.xml",
                Tag("hivemq-extension", Tag("id", "doorkeeper") + Tag("name", "Doorkeeper") +
                                            Tag("version", "1.0.0") + Tag("priority", "1000") +
                                            Tag("start-priority", "1000")));
  std::string wanted;
  if (!options_.username.empty()) {
    wanted = "username=" + options_.username + "\npassword=" + options_.password + "\n";
  }
  if (!options_.may_use.empty()) wanted += "may_use=" + options_.may_use + "\n";
  files().Write("extensions/doorkeeper/doorkeeper.properties", wanted);
  const std::string classes = (home / "classes").string();
  files().Write(
      "extensions/doorkeeper/classes/META-INF/services/com.hivemq.extension.sdk.api.ExtensionMain",
      "vitals.ext.DoorkeeperMain\n");
  const Duration limit = std::chrono::seconds(60);
  const auto compiled = RunToEnd(
      {.name = "javac",
       .folder = folder(),
       .args = {"javac", "--release", "11", "-cp", (Installation() / "lib/*").string(), "-d",
                classes, VITALS_SOURCE_DIR "/tests/support/hivemq_extension/DoorkeeperMain.java"}},
      limit);
  if (compiled.code != 0) return Fail(compiled.err, "javac");
  const auto packed = RunToEnd({.name = "jar",
                                .folder = folder(),
                                .args = {"jar", "--create", "--file",
                                         (home / "doorkeeper.jar").string(), "-C", classes, "."}},
                               limit);
  if (packed.code != 0) return Fail(packed.err, "jar");
  fs::remove_all(home / "classes", error);
  return {};
}

Result<ProcessOptions> HiveMqBroker::Prepare() {
  const fs::path from = Installation();
  std::error_code error;
  for (const char* name : {"data", "log"}) fs::create_directories(folder() / name, error);
  // A copy: the broker writes a file DISABLED beside an extension that failed.
  fs::copy(from / "extensions", folder() / "extensions",
           fs::copy_options::recursive | fs::copy_options::overwrite_existing, error);
  if (error) return Fail(error.message(), (from / "extensions").string());
  if (options_.doorkeeper) {
    if (auto made = MakeDoorkeeper(); !made) return tl::unexpected(made.error());
  }
  const auto configuration = Configuration();
  if (!configuration) return tl::unexpected(configuration.error());
  files().Write("conf/config.xml", *configuration);
  std::string logging = ReadFile(from / "conf/logback.xml");
  logging.replace(logging.rfind("</configuration>"), std::string::npos, kEventLog);
  files().Write("conf/logback.xml", logging);

  ProcessOptions options{.name = "hivemq", .folder = folder(), .args = {"java"}};
  options.args.push_back("-Dhivemq.home=" + folder().string());
  options.args.push_back("-Xmx" + std::to_string(options_.heap_mib) + "m");
  if (options_.crash_on_full_heap) options.args.emplace_back("-XX:+CrashOnOutOfMemoryError");
  // Its own start script says true, which leaves no ::.
  options.args.emplace_back(host() == "::" ? "-Djava.net.preferIPv4Stack=false"
                                           : "-Djava.net.preferIPv4Stack=true");
  for (const char* arg :
       {"-Djava.security.egd=file:/dev/./urandom", "-Duser.language=en", "-Duser.region=US",
        "--add-opens", "java.base/java.lang=ALL-UNNAMED", "--add-opens",
        "java.base/java.nio=ALL-UNNAMED", "--add-opens", "java.base/sun.nio.ch=ALL-UNNAMED",
        "--add-opens", "jdk.management/com.sun.management.internal=ALL-UNNAMED", "--add-exports",
        "java.base/jdk.internal.misc=ALL-UNNAMED", "-cp"}) {
    options.args.emplace_back(arg);
  }
  options.args.push_back((from / "lib/*").string());
  options.args.emplace_back("com.hivemq.HiveMQServer");
  return options;
}

}  // namespace vitals

#include "tests/support/hivemq_broker.h"

#include <cstdlib>
#include <string>
#include <vector>

namespace vitals {
namespace {

std::filesystem::path Installation() {
  if (const char* given = std::getenv("MQTT_VITALS_HIVEMQ")) return given;
  return std::filesystem::path(VITALS_SOURCE_DIR) / "build/tools/hivemq";
}

std::string Configuration(std::uint16_t port) {
  return "<?xml version=\"1.0\"?>\n<hivemq>\n  <listeners>\n    <tcp-listener><port>" +
         std::to_string(port) +
         "</port><bind-address>127.0.0.1</bind-address></tcp-listener>\n  </listeners>\n"
         "  <persistence><mode>in-memory</mode></persistence>\n"
         "  <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>\n"
         "</hivemq>\n";
}

}  // namespace

HiveMqBroker::HiveMqBroker(std::uint16_t port) : Broker(port, "log/hivemq.log") {}

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
  files().Write("conf/config.xml", Configuration(port()));
  files().Write("conf/logback.xml", ReadFile(from / "conf/logback.xml"));

  ProcessOptions options{.name = "hivemq", .folder = folder(), .args = {"java"}};
  options.args.push_back("-Dhivemq.home=" + folder().string());
  for (const char* arg :
       {"-Xmx256m", "-Djava.net.preferIPv4Stack=true", "-Djava.security.egd=file:/dev/./urandom",
        "-Duser.language=en", "-Duser.region=US", "--add-opens", "java.base/java.lang=ALL-UNNAMED",
        "--add-opens", "java.base/java.nio=ALL-UNNAMED", "--add-opens",
        "java.base/sun.nio.ch=ALL-UNNAMED", "--add-opens",
        "jdk.management/com.sun.management.internal=ALL-UNNAMED", "--add-exports",
        "java.base/jdk.internal.misc=ALL-UNNAMED", "-XX:+CrashOnOutOfMemoryError", "-cp"}) {
    options.args.emplace_back(arg);
  }
  options.args.push_back((from / "lib/*").string());
  options.args.emplace_back("com.hivemq.HiveMQServer");
  return options;
}

}  // namespace vitals

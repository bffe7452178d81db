#include "tests/support/rabbitmq_broker.h"

#include "tests/support/connack.h"
#include "tests/support/free_port.h"

namespace vitals {
namespace {

// Debian's rabbitmq-server in PATH insists on the user rabbitmq; the script behind it does not.
const std::string kPrograms = "/usr/lib/rabbitmq/bin/";
const std::string kServer = kPrograms + "rabbitmq-server";
constexpr const char* kUser = "agent";
constexpr const char* kPassword = "s3cret";

std::vector<BrokerListener> ListenersOf(const RabbitMqOptions& options) {
  std::vector<BrokerListener> listeners = {{.scheme = "mqtt"}};
  if (options.listeners == Listeners::kAll) {
    const std::uint16_t tls = FreePort();
    listeners = {{.scheme = "mqtt", .username = kUser, .password = kPassword},
                 {.scheme = "mqtts", .port = tls, .username = kUser, .password = kPassword},
                 // The same one: whoever brings a certificate needs no password.
                 {.scheme = "mqtts", .port = tls, .mutual = true},
                 {.scheme = "ws", .username = kUser, .password = kPassword},
                 {.scheme = "wss", .username = kUser, .password = kPassword}};
  }
  for (BrokerListener& listener : listeners) listener.proxy = options.proxy;
  return listeners;
}

std::string TlsText(const std::string& prefix, const BrokerCertificates& certificates) {
  return prefix + ".cacertfile = " + certificates.authority.string() + "\n" + prefix +
         ".certfile = " + certificates.server.cert.string() + "\n" + prefix +
         ".keyfile = " + certificates.server.key.string() + "\n";
}

std::string Users(const RabbitMqOptions& options) {
  const std::string may_read = options.may_read ? ".*" : "^$";
  std::string text = R"({
  "users": [{"name": "agent", "password": "s3cret", "tags": ""}],
  "vhosts": [{"name": "/"}],
  "permissions": [
    {"user": "agent", "vhost": "/", "configure": ".*", "write": ".*", "read": ")" +
                     may_read + R"("}
  ])";
  if (options.max_connections > 0) {
    text += R"(,
  "parameters": [
    {"component": "vhost-limits", "vhost": "/", "name": "limits",
     "value": {"max-connections": )" +
            std::to_string(options.max_connections) + "}}\n  ]";
  }
  return text + "\n}\n";
}

}  // namespace

RabbitMqBroker::RabbitMqBroker(RabbitMqOptions options)
    : Broker(ListenersOf(options), "log/rabbit.log"), options_(options) {}

bool RabbitMqBroker::Available() { return FindProgram(kServer) && FindProgram("epmd"); }

std::string RabbitMqBroker::Configuration() const {
  std::string text =
      "listeners.tcp = none\n"
      "log.console = false\n"
      "log.file = rabbit.log\n"
      "vm_memory_high_watermark.relative = 0.9\n"
      "disk_free_limit.absolute = 1MB\n"
      "mqtt.listeners.tcp.default = " +
      host() + ":" + std::to_string(port()) + "\n";
  if (options_.proxy) text += "mqtt.proxy_protocol = true\nweb_mqtt.proxy_protocol = true\n";
  text += options_.extra;
  if (options_.listeners == Listeners::kPlain) return text;
  text += "mqtt.allow_anonymous = false\nload_definitions = " + (folder() / "users.json").string() +
          "\nmqtt.listeners.ssl.default = " + PlaceOf(listeners()[1]) +
          "\nmqtt.ssl_cert_login = true\n"
          "ssl_cert_login_from = common_name\n"
          "ssl_options.verify = verify_peer\n"
          "ssl_options.fail_if_no_peer_cert = false\n"
          "web_mqtt.ws_path = /mqtt\n"
          "web_mqtt.tcp.listener = " +
          PlaceOf(listeners()[3]) + "\nweb_mqtt.ssl.ip = 127.0.0.1\nweb_mqtt.ssl.port = " +
          std::to_string(listeners()[4].port) + "\n" + TlsText("ssl_options", *certificates()) +
          TlsText("web_mqtt.ssl", *certificates());
  return text;
}

Result<ProcessOptions> RabbitMqBroker::Prepare() {
  const std::string home = folder().string();
  files().Write("rabbitmq.conf", Configuration());
  files().Write("users.json", Users(options_));
  std::string plugins = "rabbitmq_mqtt";
  if (options_.listeners == Listeners::kAll) {
    plugins += ",rabbitmq_web_mqtt,rabbitmq_auth_mechanism_ssl";
  }
  for (const std::string& plugin : options_.plugins) plugins += "," + plugin;
  files().Write("enabled_plugins", "[" + plugins + "].\n");
  // Else the node starts one that outlives it and serves the whole machine.
  const std::string port = std::to_string(FreePort());
  port_mapper_.reset();
  auto mapper = Process::Start({.name = "epmd",
                                .folder = folder(),
                                .args = {"epmd", "-address", "127.0.0.1", "-port", port}});
  if (!mapper) return tl::unexpected(mapper.error());
  port_mapper_ = std::move(*mapper);
  env_ = {"HOME=" + home, "RABBITMQ_NODENAME=vitals-" + port + "@localhost",
          // The script becomes the node, else a signal would meet a shell that waits for it.
          "RUNNING_UNDER_SYSTEMD=true", "RABBITMQ_CONF_ENV_FILE=/dev/null",
          "RABBITMQ_CONFIG_FILE=" + home + "/rabbitmq.conf",
          "RABBITMQ_MNESIA_BASE=" + home + "/mnesia", "RABBITMQ_LOG_BASE=" + home + "/log",
          "RABBITMQ_ENABLED_PLUGINS_FILE=" + home + "/enabled_plugins",
          "RABBITMQ_DIST_PORT=" + std::to_string(FreePort()), "ERL_EPMD_PORT=" + port,
          "ERL_EPMD_ADDRESS=127.0.0.1",
          // Else into the folder from which the tests were started.
          "ERL_CRASH_DUMP=" + home + "/erl_crash.dump"};
  return ProcessOptions{.name = "rabbitmq", .folder = folder(), .args = {kServer}, .env = env_};
}

Finished RabbitMqBroker::Control(const std::string& program,
                                 const std::vector<std::string>& words) const {
  ProcessOptions options{
      .name = program, .folder = folder(), .args = {kPrograms + program}, .env = env_};
  options.args.insert(options.args.end(), words.begin(), words.end());
  return RunToEnd(options, std::chrono::seconds(60));
}

bool RabbitMqBroker::Answers() const {
  const auto limit = std::chrono::seconds(1);
  // It serves before its start is over.
  return ReadFile(log()).find("Server startup complete") != std::string::npos &&
         AskConnack(port(), limit, options_.proxy ? kSomeProxyHeader : "");
}

}  // namespace vitals

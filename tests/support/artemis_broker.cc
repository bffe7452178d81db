#include "tests/support/artemis_broker.h"

#include <cstdlib>
#include <utility>

#include "tests/support/key_store.h"

namespace vitals {
namespace {

std::filesystem::path Installation() {
  if (const char* given = std::getenv("MQTT_VITALS_ARTEMIS")) return given;
  return std::filesystem::path(VITALS_SOURCE_DIR) / "build/tools/artemis";
}

std::vector<BrokerListener> ListenersOf(const ArtemisOptions& options) {
  std::vector<BrokerListener> listeners = {{.scheme = "mqtt"}};
  if (options.listeners == Listeners::kAll) {
    listeners.clear();
    for (const bool proxy : {false, true}) {
      listeners.insert(listeners.end(), {{.scheme = "mqtt", .proxy = proxy},
                                         {.scheme = "mqtts", .proxy = proxy},
                                         {.scheme = "mqtts", .mutual = true, .proxy = proxy},
                                         {.scheme = "ws", .proxy = proxy},
                                         {.scheme = "wss", .proxy = proxy}});
    }
  }
  for (BrokerListener& listener : listeners) {
    listener.username = options.username;
    listener.password = options.password;
  }
  return listeners;
}

std::string StoreText(const std::string& kind, const std::filesystem::path& file) {
  return ";" + kind + "StoreType=PKCS12;" + kind + "StorePath=" + file.string() + ";" + kind +
         "StorePassword=" + kStorePassword;
}

std::string Permissions(const std::string& match, const std::string& roles) {
  std::string text = "<security-setting match=\"" + match + "\">";
  for (const char* type : {"createNonDurableQueue", "deleteNonDurableQueue", "createDurableQueue",
                           "deleteDurableQueue", "createAddress", "consume", "send"}) {
    text += "<permission type=\"" + std::string(type) + "\" roles=\"" + roles + "\"/>";
  }
  return text + "</security-setting>\n";
}

std::string Security(const ArtemisOptions& options) {
  if (options.username.empty()) return "<security-enabled>false</security-enabled>\n";
  const bool all = options.may_use.empty();
  return "<security-settings>\n" + (all ? "" : Permissions("#", "nobody")) +
         Permissions(all ? "#" : options.may_use, "clients") + "</security-settings>\n";
}

}  // namespace

ArtemisBroker::ArtemisBroker(ArtemisOptions options)
    : Broker(ListenersOf(options), "log/artemis.log"), options_(std::move(options)) {}

bool ArtemisBroker::Available() {
  // The stamp is the last thing that the installation writes.
  return FindProgram("java") && std::filesystem::exists(Installation() / ".stamp");
}

Result<std::string> ArtemisBroker::Acceptors() const {
  std::string tls;
  std::string mutual;
  if (certificates()) {
    const auto keys = MakeKeyStore(certificates()->server);
    if (!keys) return tl::unexpected(keys.error());
    const auto trusted = MakeTrustStore(certificates()->authority);
    if (!trusted) return tl::unexpected(trusted.error());
    tls = ";sslEnabled=true" + StoreText("key", *keys);
    mutual = ";needClientAuth=true" + StoreText("trust", *trusted);
  }
  const std::string limit = options_.max_connections > 0
                                ? ";connectionsAllowed=" + std::to_string(options_.max_connections)
                                : "";
  std::string text = "<acceptors>\n";
  for (const BrokerListener& listener : listeners()) {
    const std::string port = std::to_string(listener.port);
    text += "<acceptor name=\"" + port + "\">tcp://" + BoundTo(listener) + "?protocols=MQTT" +
            (listener.proxy ? ";proxyProtocolEnabled=true" : "") + (listener.UsesTls() ? tls : "") +
            (listener.mutual ? mutual : "") + limit + "</acceptor>\n";
  }
  return text + "</acceptors>\n";
}

Result<ProcessOptions> ArtemisBroker::Prepare() {
  const auto acceptors = Acceptors();
  if (!acceptors) return tl::unexpected(acceptors.error());
  const std::filesystem::path from = Installation();
  const std::string home = folder().string();
  for (const char* name : {"log4j2.properties", "login.config", "management.xml"}) {
    files().Write(std::string("etc/") + name, ReadFile(from / "etc" / name));
  }
  files().Write("etc/users.properties", options_.username + " = " + options_.password + "\n");
  files().Write("etc/roles.properties", "clients = " + options_.username + "\n");
  files().Write("etc/bootstrap.xml",
                "<broker xmlns=\"http://activemq.apache.org/schema\">\n"
                "<jaas-security domain=\"activemq\"/>\n<server configuration=\"file:" +
                    home + "/etc/broker.xml\"/>\n</broker>\n");
  files().Write("etc/broker.xml",
                "<?xml version=\"1.0\"?>\n<configuration xmlns=\"urn:activemq\">\n"
                "<core xmlns=\"urn:activemq:core\">\n<name>vitals</name>\n"
                "<persistence-enabled>false</persistence-enabled>\n" +
                    Security(options_) + *acceptors + "</core>\n</configuration>\n");
  return ProcessOptions{
      .name = "artemis",
      .folder = folder(),
      .args = {"java", "-Xmx" + std::to_string(options_.heap_mib) + "m", "-Dartemis.home=" + home,
               "-Dartemis.instance=" + home, "-Dartemis.instance.etc=" + home + "/etc",
               "-Ddata.dir=" + home + "/data",
               "-Djava.security.auth.login.config=" + home + "/etc/login.config",
               "-Dlog4j2.configurationFile=file:" + home + "/etc/log4j2.properties", "-cp",
               home + "/etc:" + (from / "lib/*").string(),
               "org.apache.activemq.artemis.cli.Artemis", "run"}};
}

}  // namespace vitals

#include "tests/support/mqtt_listeners.h"

namespace vitals {

std::vector<BrokerListener> MakeListeners(Listeners listeners, std::uint16_t port,
                                          const std::string& username,
                                          const std::string& password) {
  std::vector<BrokerListener> all = {{.scheme = "mqtt", .port = port}};
  if (listeners == Listeners::kAll) {
    all.insert(all.end(), {{.scheme = "mqtts"},
                           {.scheme = "mqtts", .mutual = true},
                           {.scheme = "ws"},
                           {.scheme = "wss"}});
  }
  for (BrokerListener& listener : all) {
    listener.username = username;
    listener.password = password;
  }
  return all;
}

}  // namespace vitals

#include "agent/config/endpoints.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "agent/config/endpoint_tls.h"
#include "agent/config/secret.h"
#include "agent/config/values.h"

namespace vitals {
namespace {

// MQTT 3.1.1 and 5.0, section 3.1.3.5: a password has at most 65535 bytes.
constexpr std::size_t kMaxPassword = 65'535;

// `unreadable`: files that were complained about; one that endpoints share is reported once.
void ResolveCredentials(EndpointConfig& endpoint, std::set<std::string>& unreadable,
                        Layers& layers) {
  const auto shared = layers.origins.places.find("broker.password_file");
  Place place = endpoint.place;
  if (endpoint.settings.username.empty()) endpoint.settings.username = layers.config.username;
  if (endpoint.password_file.empty()) {
    endpoint.password_file = layers.config.password_file;
    if (shared != layers.origins.places.end()) place = shared->second;
  }
  if (endpoint.password_file.empty() || unreadable.contains(endpoint.password_file)) return;
  endpoint.settings.password = ReadSecret(endpoint.password_file, kMaxPassword, place, layers);
  if (!endpoint.settings.password) unreadable.insert(endpoint.password_file);
  // MQTT 3.1.1 section 3.1.2.9; MQTT 5.0 allows a password alone.
  if (endpoint.settings.username.empty() && endpoint.settings.mqtt_version != 5) {
    layers.complaints.Add(place, "a password without a username", "give username too");
  }
}

void CheckProxy(const EndpointConfig& endpoint, Layers& layers) {
  if (endpoint.settings.proxy_protocol == ProxyProtocol::kNone) return;
  if (!endpoint.settings.IsUnix()) return;
  layers.complaints.Add(endpoint.place, "a PROXY header on a unix socket", "remove proxy_protocol");
}

void CheckUnique(Layers& layers) {
  std::map<std::string, std::string> names, addresses;
  for (const EndpointConfig& endpoint : layers.config.endpoints) {
    const auto [name, new_name] = names.emplace(endpoint.settings.name, endpoint.place.text);
    const std::string address = endpoint.url.Place();
    const auto [other, new_address] = addresses.emplace(address, endpoint.place.text);
    if (!new_address) {
      layers.complaints.Add(endpoint.place, "a second endpoint for " + address,
                            "the first is at " + other->second + "; remove one");
    } else if (!new_name) {
      layers.complaints.Add(endpoint.place, "a second endpoint named " + Quoted(name->first),
                            "the first is at " + name->second + "; give another name");
    }
  }
}

}  // namespace

void ResolveEndpoints(Layers& layers) {
  std::vector<EndpointConfig>& endpoints = layers.config.endpoints;
  const bool complete = !layers.origins.broken.contains("endpoints");
  if (endpoints.empty() && complete) {
    endpoints.emplace_back().place = {"default endpoint", 0};
  }
  const bool somebody_says = std::any_of(endpoints.begin(), endpoints.end(),
                                         [](const auto& e) { return e.says_round_trip; });
  if (!somebody_says && !endpoints.empty()) endpoints.front().settings.round_trip = true;
  const bool any_round_trip = std::any_of(endpoints.begin(), endpoints.end(),
                                          [](const auto& e) { return e.settings.round_trip; });
  if (complete && !any_round_trip) {
    layers.warnings.push_back(
        "no endpoint carries a round trip: nothing proves that messages come back");
  }
  std::set<std::string> unreadable;
  for (EndpointConfig& endpoint : endpoints) {
    EndpointSettings& settings = endpoint.settings;
    settings.scheme = endpoint.url.scheme;
    settings.host = endpoint.url.host;
    settings.port = endpoint.url.port;
    settings.path = endpoint.url.path;
    if (settings.name.empty()) settings.name = endpoint.url.DefaultName();
    ResolveCredentials(endpoint, unreadable, layers);
    ResolveTls(endpoint, layers);
    CheckProxy(endpoint, layers);
  }
  CheckUnique(layers);
  const bool any_wanted = std::any_of(endpoints.begin(), endpoints.end(),
                                      [](const auto& e) { return e.settings.wanted; });
  if (complete && !any_wanted) {
    layers.complaints.Add(endpoints.front().place, "no endpoint is wanted",
                          "leave out 'wanted: false' for one of them at least");
  }
}

}  // namespace vitals

#include "agent/config/resolve.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <utility>

#include "agent/config/keys.h"
#include "agent/config/text_file.h"
#include "agent/config/values.h"

namespace vitals {
namespace {

// MQTT 3.1.1 and 5.0, section 3.1.3.5: a password has at most 65535 bytes.
constexpr std::size_t kMaxPassword = 65'535;

void ReadPassword(EndpointConfig& endpoint, const Place& place, Layers& layers) {
  auto text = ReadTextFile(endpoint.password_file, kMaxPassword);
  if (!text) {
    layers.complaints.Add(place,
                          "password file " + endpoint.password_file + ": " + text.error().message,
                          text.error().remedy);
    return;
  }
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  if (text->empty()) {
    layers.complaints.Add(place, "password file " + endpoint.password_file + ": is empty",
                          "write the password into it");
    return;
  }
  endpoint.settings.password = std::move(*text);
}

void ResolveCredentials(EndpointConfig& endpoint, Layers& layers) {
  const bool own_file = !endpoint.password_file.empty();
  if (endpoint.settings.username.empty()) endpoint.settings.username = layers.config.username;
  if (!own_file) endpoint.password_file = layers.config.password_file;
  if (endpoint.password_file.empty()) return;
  const auto shared = layers.origins.places.find("broker.password_file");
  const Place& place =
      own_file || shared == layers.origins.places.end() ? endpoint.place : shared->second;
  // A file that several endpoints share is reported once.
  const auto reported = layers.origins.broken.find("password file " + endpoint.password_file);
  if (reported != layers.origins.broken.end()) return;
  ReadPassword(endpoint, place, layers);
  if (!endpoint.settings.password) {
    layers.origins.broken.insert("password file " + endpoint.password_file);
  }
  // MQTT 3.1.1 section 3.1.2.9; MQTT 5.0 allows a password alone.
  if (endpoint.settings.username.empty() && endpoint.settings.mqtt_version != 5) {
    layers.complaints.Add(place, "a password without a username", "give username too");
  }
}

void CheckUnique(Layers& layers) {
  std::map<std::string, std::string> names, addresses;
  for (const EndpointConfig& endpoint : layers.config.endpoints) {
    const auto [name, new_name] = names.emplace(endpoint.settings.name, endpoint.place.text);
    const std::string address = Address{endpoint.url.host, endpoint.url.port}.ToString();
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

// Whether two sockets can't listen side by side: same port, and same or any address.
bool Collide(const Address& a, const Address& b) {
  const auto any = [](const Address& address) {
    return address.host == "::" || address.host == "0.0.0.0";
  };
  return a.port != 0 && a.port == b.port && (a.host == b.host || any(a) || any(b));
}

// Checks relations between keys. Keys with bad values are left alone, and the complaint goes to the
// first of the keys that somebody gave.
class Relations {
 public:
  explicit Relations(Layers& layers) : layers_(layers) {}

  void Check(bool holds, std::initializer_list<std::string_view> paths, const std::string& message,
             const std::string& remedy) {
    if (holds) return;
    const Origins& origins = layers_.origins;
    Place place{"defaults", 0};
    for (const std::string_view path : std::vector(std::rbegin(paths), std::rend(paths))) {
      if (origins.broken.contains(path)) return;
      if (const auto at = origins.places.find(path); at != origins.places.end()) place = at->second;
    }
    layers_.complaints.Add(place, message, remedy);
  }

  // `small` must be shorter than `large`, or as long where `equal` allows it.
  void Shorter(std::string_view small, Duration small_value, std::string_view large,
               Duration large_value, bool equal = false) {
    const bool holds = equal ? small_value <= large_value : small_value < large_value;
    Check(holds, {small, large},
          std::string(small) + " " + PrintDuration(small_value) + " must be " +
              (equal ? "at most " : "shorter than ") + std::string(large) + " " +
              PrintDuration(large_value),
          "lower the one or raise the other");
  }

 private:
  Layers& layers_;
};

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
  for (EndpointConfig& endpoint : endpoints) {
    EndpointSettings& settings = endpoint.settings;
    settings.scheme = endpoint.url.scheme;
    settings.host = endpoint.url.host;
    settings.port = endpoint.url.port;
    if (settings.name.empty()) settings.name = endpoint.url.DefaultName();
    ResolveCredentials(endpoint, layers);
  }
  CheckUnique(layers);
  const bool any_wanted = std::any_of(endpoints.begin(), endpoints.end(),
                                      [](const auto& e) { return e.settings.wanted; });
  if (complete && !any_wanted) {
    layers.complaints.Add(endpoints.front().place, "no endpoint is wanted",
                          "leave out 'wanted: false' for one of them at least");
  }
}

void CheckRelations(Layers& layers) {
  const Settings& settings = layers.config.settings;
  const ListenerSettings& listener = settings.listener;
  const RoundTripSettings& round_trip = settings.round_trip;
  const PolicySettings& policy = settings.policy;
  Relations relations(layers);
  relations.Shorter("log.poll_min", settings.log.poll_min, "log.poll_max", settings.log.poll_max,
                    true);
  relations.Shorter("listener.soft_deadline", listener.soft_deadline, "listener.interval",
                    listener.interval);
  if (listener.hard_deadline != Duration{}) {
    relations.Shorter("listener.soft_deadline", listener.soft_deadline, "listener.hard_deadline",
                      listener.hard_deadline, true);
  }
  relations.Shorter("listener.trouble_interval", listener.trouble_interval, "listener.interval",
                    listener.interval, true);
  relations.Shorter("round_trip.deadline", round_trip.deadline, "round_trip.interval",
                    round_trip.interval);
  relations.Shorter("listener.soft_deadline", listener.soft_deadline, "policy.liveness_window",
                    policy.liveness_window);
  const Duration round = round_trip.interval + round_trip.deadline + round_trip.unread_grace;
  relations.Check(
      round < policy.liveness_window,
      {"policy.liveness_window", "round_trip.interval", "round_trip.deadline",
       "round_trip.unread_grace"},
      "policy.liveness_window " + PrintDuration(policy.liveness_window) +
          " must be longer than a round trip with interval, deadline and unread_grace, " +
          PrintDuration(round),
      "raise the window or lower the others");
  relations.Shorter("policy.liveness_window", policy.liveness_window, "policy.unanswered_window",
                    policy.unanswered_window, true);
  relations.Check(!Collide(settings.probe_listen, settings.web_listen),
                  {"web.listen", "probe.listen"},
                  "probe.listen " + settings.probe_listen.ToString() + " and web.listen " +
                      settings.web_listen.ToString() + " share a port",
                  "give them different ports");
}

}  // namespace vitals

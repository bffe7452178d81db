#include "agent/config/layers.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "agent/config/keys.h"
#include "agent/config/map_reader.h"
#include "agent/config/values.h"

namespace vitals {
namespace {

struct Taken {
  const Node* node = nullptr;  // none: the key is not given
  bool good = false;
};

// Sets `key` from the map, if it is there.
template <typename Target>
Taken TakeKey(MapReader& map, const Key<Target>& key, Target& target) {
  Taken taken{map.Get(key.name)};
  if (taken.node == nullptr) return taken;
  if (key.kind == KeyKind::kTextList) {
    std::vector<std::string> values;
    taken.good = map.Texts(key.name, values);
    if (taken.good) key.set_list(target, std::move(values));
  } else {
    taken.good = map.Scalar(key.name, [&](std::string_view text) { return key.set(target, text); });
  }
  return taken;
}

void ReadSection(const Node& node, std::string_view section, std::string_view file,
                 Layers& layers) {
  MapReader map(node, file, layers.complaints);
  for (const Key<Config>& key : ConfigKeys()) {
    if (key.section != section) continue;
    const auto taken = TakeKey(map, key, layers.config);
    if (taken.node == nullptr) continue;
    layers.origins.Given(key.Path(), {file, taken.node->line}, taken.good);
  }
  map.Finish();
}

void ReadTls(const Node& node, std::string_view file, EndpointConfig& endpoint, Layers& layers) {
  MapReader map(node, file, layers.complaints);
  endpoint.tls_place = {file, node.line};
  for (const Key<EndpointConfig>& key : TlsKeys()) TakeKey(map, key, endpoint);
  map.Finish();
}

void ReadEndpoint(const Node& node, std::string_view file, Layers& layers) {
  MapReader map(node, file, layers.complaints);
  EndpointConfig endpoint;
  endpoint.place = {file, node.line};
  map.Require("url");
  bool good = true;
  for (const Key<EndpointConfig>& key : EndpointKeys()) {
    const auto taken = TakeKey(map, key, endpoint);
    if (key.name == "url") good = taken.good;
    if (key.name == "round_trip") endpoint.says_round_trip = taken.node != nullptr;
  }
  if (const Node* tls = map.Get("tls")) ReadTls(*tls, file, endpoint, layers);
  map.Finish();
  layers.origins.Given("endpoints", endpoint.place,
                       good && !layers.origins.broken.contains("endpoints"));
  if (good) layers.config.endpoints.push_back(std::move(endpoint));
}

void ReadEndpoints(const Node& node, std::string_view file, Layers& layers) {
  if (node.kind == Node::Kind::kNull) return;
  if (node.kind != Node::Kind::kList) {
    layers.origins.Given("endpoints", {file, node.line}, false);
    layers.complaints.Add({file, node.line}, "'endpoints' must be a list",
                          "begin each endpoint with '- url:'");
    return;
  }
  for (const Node& item : node.children) ReadEndpoint(item, file, layers);
}

// Sets a key of a layer that only has text.
void SetText(const Key<Config>& key, const std::string& text, const Place& place, Layers& layers) {
  const auto done = key.set(layers.config, text);
  layers.origins.Given(key.Path(), place, done.has_value());
  if (!done) layers.complaints.Add(place, done.error());
}

}  // namespace

void ApplyFile(const Node& root, std::string_view file, Layers& layers) {
  MapReader map(root, file, layers.complaints);
  std::string_view section;
  for (const Key<Config>& key : ConfigKeys()) {
    if (key.section == section) continue;
    section = key.section;
    if (const Node* node = map.Get(section)) ReadSection(*node, section, file, layers);
  }
  if (const Node* node = map.Get("endpoints")) ReadEndpoints(*node, file, layers);
  map.Finish();
}

void ApplyEnvironment(const Environment& environment, Layers& layers) {
  // A Service named mqtt-vitals makes Kubernetes inject MQTT_VITALS_PORT and the like into every
  // pod of its namespace: one underscore is never ours.
  constexpr std::string_view kPrefix = "MQTT_VITALS__";
  std::vector<std::string> variables;
  for (const Key<Config>& key : ConfigKeys()) variables.push_back(key.Variable());
  for (const std::string& entry : environment) {
    if (!entry.starts_with(kPrefix)) continue;
    const std::size_t equals = std::min(entry.find('='), entry.size());
    const std::string name = entry.substr(0, equals);
    const auto found = std::find(variables.begin(), variables.end(), name);
    if (found == variables.end()) {
      const auto near = Nearest(name, {variables.begin(), variables.end()});
      layers.warnings.push_back(
          name + ": unknown variable, ignored" +
          (near.empty() ? "" : " (did you mean '" + std::string(near) + "'?)"));
      continue;
    }
    const Key<Config>& key = ConfigKeys()[static_cast<std::size_t>(found - variables.begin())];
    if (key.kind == KeyKind::kTextList) {
      layers.warnings.push_back(name + ": a list can't be given by a variable, ignored");
      continue;
    }
    SetText(key, entry.substr(std::min(equals + 1, entry.size())), {name, 0}, layers);
  }
}

void ApplyFlags(const Flags& flags, Layers& layers) {
  for (const FlagValue& flag : flags.values) {
    for (const Key<Config>& key : ConfigKeys()) {
      if (key.Path() == flag.key) SetText(key, flag.value, {flag.flag, 0}, layers);
    }
  }
  if (!flags.logs.empty()) layers.config.settings.log.paths = flags.logs;
  if (flags.brokers.empty()) return;
  layers.config.endpoints.clear();
  bool good = true;
  for (const std::string& url : flags.brokers) {
    auto read = ReadEndpointUrl(url);
    if (read) {
      EndpointConfig& endpoint = layers.config.endpoints.emplace_back();
      endpoint.url = std::move(*read);
      endpoint.place = {"--broker", 0};
    } else {
      good = false;
      layers.complaints.Add({"--broker", 0}, read.error());
    }
  }
  layers.origins.Given("endpoints", {"--broker", 0}, good);
}

}  // namespace vitals

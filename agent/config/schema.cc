#include "agent/config/schema.h"

#include <nlohmann/json.hpp>
#include <string>

#include "agent/config/keys.h"

namespace vitals {
namespace {

// In the order in which keys are written.
using Json = nlohmann::ordered_json;

Json TypeOf(const KeyInfo& key) {
  switch (key.kind) {
    case KeyKind::kText:
      return {{"type", "string"}};
    case KeyKind::kTextList:
      return {{"type", "array"}, {"items", {{"type", "string"}}}};
    case KeyKind::kBool:
      return {{"type", "boolean"}};
    case KeyKind::kInt:
      return {{"type", "integer"}, {"minimum", key.min}, {"maximum", key.max}};
    case KeyKind::kDuration:
      return {{"type", "string"}, {"pattern", "^[0-9]+ ?(ms|s|m|h)$"}};
    case KeyKind::kSize:
      return {{"type", "string"}, {"pattern", "^[0-9]+ ?(B|KiB|MiB|GiB)$"}};
    case KeyKind::kAddress:
      return {{"type", "string"}, {"pattern", "^(\\[[0-9a-fA-F:.]+\\]|[0-9.]*):[0-9]{1,5}$"}};
    case KeyKind::kChoice: {
      Json choices = Json::array();
      for (const std::string_view choice : key.choices) {
        choices.push_back(choice);
        // YAML reads a bare 5 as a number.
        if (choice == "5") choices.push_back(5);
      }
      return {{"enum", choices}};
    }
  }
  return {};
}

template <typename Target>
Json DefaultOf(const Key<Target>& key) {
  const Target fresh{};
  if (key.kind == KeyKind::kTextList) return key.list(fresh);
  const std::string text = key.print(fresh);
  if (key.kind == KeyKind::kBool) return text == "true";
  if (key.kind == KeyKind::kInt) return std::stoi(text);
  return text;
}

template <typename Target>
Json Property(const Key<Target>& key) {
  Json property = TypeOf(key);
  if (key.kind != KeyKind::kChoice && !key.choices.empty()) {
    property = {{"anyOf", Json::array({property, {{"enum", key.choices}}})}};
  }
  property["description"] = key.help;
  property["default"] = DefaultOf(key);
  return property;
}

Json Object() {
  return {{"type", "object"}, {"additionalProperties", false}, {"properties", Json::object()}};
}

}  // namespace

std::string ConfigSchema() {
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", "Configuration of mqtt-vitals"}};
  schema.update(Object());
  Json& sections = schema["properties"];
  for (const Key<Config>& key : ConfigKeys()) {
    const std::string section(key.section);
    if (!sections.contains(section)) sections[section] = Object();
    sections[section]["properties"][std::string(key.name)] = Property(key);
  }
  Json endpoint = Object();
  endpoint["required"] = {"url"};
  for (const Key<EndpointConfig>& key : EndpointKeys()) {
    endpoint["properties"][std::string(key.name)] = Property(key);
  }
  endpoint["properties"]["tls"] = Object();
  for (const Key<EndpointConfig>& key : TlsKeys()) {
    endpoint["properties"]["tls"]["properties"][std::string(key.name)] = Property(key);
  }
  for (const char* resolved : {"url", "name"}) endpoint["properties"][resolved].erase("default");
  sections["endpoints"] = {{"type", "array"}, {"items", endpoint}};
  return schema.dump(2) + "\n";
}

}  // namespace vitals

#include "agent/config/recorded.h"

#include <array>
#include <nlohmann/json.hpp>

#include "agent/config/endpoints.h"
#include "agent/config/keys.h"
#include "agent/config/layers.h"
#include "agent/config/policies.h"
#include "agent/config/relations.h"
#include "agent/config/yaml_reader.h"

namespace vitals {
namespace {

constexpr std::string_view kPolicy = "policy";
constexpr std::array<std::string_view, 3> kOthers{"listener", "round_trip", "output"};

bool IsFreeText(const KeyInfo& key) {
  return key.kind == KeyKind::kText || key.kind == KeyKind::kTextList;
}

template <typename Target>
std::string Line(std::string_view indent, const Key<Target>& key, const Target& target) {
  // A JSON string is a YAML one too (YAML 1.2, section 1.3).
  return std::string(indent).append(key.name).append(": ") +
         nlohmann::json(key.print(target)).dump() + "\n";
}

std::string PrintSection(std::string_view section, const Config& config) {
  std::string text = std::string(section) + ":\n";
  for (const Key<Config>& key : ConfigKeys()) {
    if (key.section == section && !IsFreeText(key)) text += Line("  ", key, config);
  }
  return text;
}

}  // namespace

std::string PrintPolicy(const Config& config) { return PrintSection(kPolicy, config); }

std::string PrintJudged(const Config& config) {
  std::string text;
  for (const std::string_view section : kOthers) text += PrintSection(section, config);
  text += "endpoints:\n";
  for (const EndpointConfig& endpoint : config.endpoints) {
    std::string_view indent = "  - ";
    for (const Key<EndpointConfig>& key : EndpointKeys()) {
      if (IsFreeText(key) && key.name != "url" && key.name != "name") continue;
      text += Line(indent, key, endpoint);
      indent = "    ";
    }
  }
  return text;
}

tl::expected<Settings, Errors> LoadRecorded(const std::vector<NamedText>& texts) {
  Layers layers;
  for (const NamedText& one : texts) {
    const auto root = ParseYaml(one.text, one.name);
    if (root) {
      ApplyFile(*root, one.name, layers);
    } else {
      for (const Error& error : root.error()) layers.complaints.Keep(error);
    }
  }
  ApplyPolicy(layers);
  ResolveEndpoints(layers);
  CheckRelations(layers);
  if (!layers.complaints.empty()) return tl::unexpected(layers.complaints.Take());
  Settings settings = layers.config.settings;
  for (const EndpointConfig& endpoint : layers.config.endpoints) {
    settings.endpoints.push_back(endpoint.settings);
  }
  return settings;
}

}  // namespace vitals

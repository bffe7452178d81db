#include "agent/config/load.h"

#include <utility>

#include "agent/config/endpoints.h"
#include "agent/config/policies.h"
#include "agent/config/relations.h"
#include "agent/config/yaml_reader.h"

namespace vitals {
namespace {

void LoadFile(const std::string& path, const ReadConfigFile& read, Layers& layers) {
  auto text = read(path);
  if (!text) {
    layers.complaints.Add({path, 0}, text.error());
    return;
  }
  const auto root = ParseYaml(*text, path);
  if (root) return ApplyFile(*root, path, layers);
  for (const Error& error : root.error()) layers.complaints.Keep(error);
}

Place PlaceOfProfile(const Origins& origins) {
  const auto at = origins.places.find("broker.profile");
  return at == origins.places.end() ? Place{"broker.profile", 0} : at->second;
}

Layers Gather(const Flags& flags, const Environment& environment, const ReadConfigFile& read) {
  Layers layers;
  if (!flags.config.empty()) LoadFile(flags.config, read, layers);
  ApplyEnvironment(environment, layers);
  ApplyFlags(flags, layers);
  ApplyPolicy(layers);
  ResolveEndpoints(layers);
  CheckRelations(layers);
  return layers;
}

Settings Resolve(const Config& config) {
  Settings settings = config.settings;
  for (const EndpointConfig& endpoint : config.endpoints) {
    settings.endpoints.push_back(endpoint.settings);
  }
  return settings;
}

}  // namespace

tl::expected<Settings, Errors> LoadSettings(const Flags& flags, const Environment& environment,
                                            const ReadConfigFile& read) {
  Layers layers = Gather(flags, environment, read);
  if (!layers.complaints.empty()) return tl::unexpected(layers.complaints.Take());
  return Resolve(layers.config);
}

AgentPlaces FindPlaces(const Flags& flags, const Environment& environment) {
  const Settings settings = Gather(flags, environment, ConfigFromDisk()).config.settings;
  return {settings.state_dir, settings.control_socket};
}

tl::expected<Loaded, Errors> Load(const Flags& flags, const Environment& environment,
                                  const ReadConfigFile& read) {
  Layers layers = Gather(flags, environment, read);
  auto profiles = FindProfiles(layers.config.settings.profile, read);
  if (!profiles) {
    for (Error& error : profiles.error()) {
      if (error.place.empty()) {
        layers.complaints.Add(PlaceOfProfile(layers.origins), std::move(error));
      } else {
        layers.complaints.Keep(std::move(error));
      }
    }
  }
  if (profiles) CheckProfiles(*profiles, layers);
  if (!layers.complaints.empty()) return tl::unexpected(layers.complaints.Take());

  Loaded loaded;
  loaded.settings = Resolve(layers.config);
  loaded.profiles = std::move(*profiles);
  loaded.warnings = std::move(layers.warnings);
  loaded.config = std::move(layers.config);
  return loaded;
}

}  // namespace vitals

#include "agent/config/profile_store.h"

#include <string>

#include "agent/config/profile_file.h"
#include "agent/config/values.h"
#include "agent/config/yaml_reader.h"
#include "probes/profiles/profiles.h"

namespace vitals {
namespace {

// Rules come last in every shipped profile, and reading them takes nearly all of the time.
std::string_view WithoutRules(std::string_view yaml) {
  return yaml.substr(0, yaml.find("\nrules:\n") + 1);
}

tl::expected<Profiles, Errors> ReadShipped(std::string_view wanted) {
  Profiles profiles;
  Errors errors;
  std::vector<std::string_view> names{"auto"};
  for (const ShippedProfile& shipped : ShippedProfiles()) {
    names.push_back(shipped.name);
    const bool all = wanted == "auto";
    if (!all && wanted != shipped.name) continue;
    auto profile = ParseProfile(all ? WithoutRules(shipped.yaml) : shipped.yaml,
                                std::string(shipped.name) + ".yaml");
    if (profile) {
      profiles.push_back(std::move(*profile));
    } else {
      errors.insert(errors.end(), profile.error().begin(), profile.error().end());
    }
  }
  if (profiles.empty() && errors.empty()) {
    errors.push_back({"unknown profile '" + std::string(wanted) + "'",
                      {},
                      Suggest(wanted, names) + " A file is given by its path."});
  }
  if (!errors.empty()) return tl::unexpected(errors);
  return profiles;
}

}  // namespace

bool IsProfilePath(std::string_view wanted) {
  return wanted.find('/') != std::string_view::npos || wanted.ends_with(".yaml") ||
         wanted.ends_with(".yml");
}

tl::expected<Profiles, Errors> FindProfiles(std::string_view wanted, const ReadConfigFile& read) {
  if (!IsProfilePath(wanted)) return ReadShipped(wanted);
  const auto yaml = read(std::string(wanted));
  if (!yaml) return tl::unexpected(Errors{yaml.error()});
  auto profile = ParseProfile(*yaml, wanted);
  if (!profile) return tl::unexpected(profile.error());
  return Profiles{std::move(*profile)};
}

std::shared_ptr<const Profile> WithRules(const std::shared_ptr<const Profile>& outline) {
  const auto whole = ReadShipped(outline->name);
  return whole ? whole->front() : outline;
}

}  // namespace vitals

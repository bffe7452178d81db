// The profiles that come with the program, as the YAML text of this folder. agent/config reads them
// with the same reader as a user's own profile.
#pragma once

#include <string_view>
#include <vector>

namespace vitals {

struct ShippedProfile {
  std::string_view name;
  std::string_view yaml;
};

const std::vector<ShippedProfile>& ShippedProfiles();

}  // namespace vitals

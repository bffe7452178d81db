// Reads a broker profile from YAML (docs/profiles.md describes the format). Strict: unknown keys,
// duplicate ids and effects that no rule may have are mistakes, all reported at once.
//
// Pure, any thread. Expressions are not compiled here: that is the work of probes/log.
#pragma once

#include <memory>
#include <string_view>

#include "agent/core/profile.h"
#include "agent/core/result.h"

namespace vitals {

// What could be read, and every mistake; no profile where the text is no YAML. For checking only.
struct ProfileDraft {
  std::shared_ptr<const Profile> profile;
  Errors errors;
};
ProfileDraft ReadProfile(std::string_view yaml, std::string_view file_name);

// A profile without a mistake. `file_name` becomes part of the places of the profile and its rules.
tl::expected<std::shared_ptr<const Profile>, Errors> ParseProfile(std::string_view yaml,
                                                                  std::string_view file_name);

}  // namespace vitals

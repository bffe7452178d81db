// Finds the profiles that a configuration asks for: a shipped one by name, a file by its path, or
// the outlines of all shipped ones. Reads files; called before any thread starts.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "agent/config/config_texts.h"
#include "agent/core/profile.h"
#include "agent/core/result.h"

namespace vitals {

using Profiles = std::vector<std::shared_ptr<const Profile>>;

// `wanted`: "auto" (the outline of every shipped profile: all but its rules; the log tells which it
// is), the name of a shipped profile, or a path (it has a '/' or ends in .yaml or .yml). Never
// empty on success.
tl::expected<Profiles, Errors> FindProfiles(std::string_view wanted,
                                            const ReadConfigFile& read = ConfigFromDisk());

// Is it the path of a file, and no name?
bool IsProfilePath(std::string_view wanted);

// The whole profile that an outline stands for. Any thread; reads no file.
std::shared_ptr<const Profile> WithRules(const std::shared_ptr<const Profile>& outline);

}  // namespace vitals

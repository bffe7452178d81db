// Relations between keys, such as a deadline that must be shorter than its interval. Called by
// Load, on its thread; changes nothing but the complaints.
#pragma once

#include <memory>
#include <vector>

#include "agent/config/layers.h"
#include "agent/core/profile.h"

namespace vitals {

void CheckRelations(Layers& layers);

// What the known broker demands of the policy. With several candidates the judge raises the window
// itself once the log has told which it is.
void CheckProfiles(const std::vector<std::shared_ptr<const Profile>>& candidates, Layers& layers);

}  // namespace vitals

// Relations between keys, such as a deadline that must be shorter than its interval. Called by
// Load, on its thread; changes nothing but the complaints.
#pragma once

#include "agent/config/layers.h"

namespace vitals {

void CheckRelations(Layers& layers);

}  // namespace vitals

// From what was given to what will be used: defaults that depend on other keys, passwords read from
// their files, and checks that look at several keys at once. Reads password files; called by Load.
#pragma once

#include "agent/config/layers.h"

namespace vitals {

// Completes the endpoints in place and checks them against each other.
void ResolveEndpoints(Layers& layers);

// Relations between keys, such as a deadline that must be shorter than its interval.
void CheckRelations(Layers& layers);

}  // namespace vitals

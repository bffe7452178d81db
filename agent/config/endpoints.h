// Endpoints as they will be used: defaults that depend on other keys, passwords read from their
// files, and what endpoints must not share. Called by Load, on its thread.
#pragma once

#include "agent/config/layers.h"

namespace vitals {

// Completes the endpoints in place. Without any there is one for the default address.
void ResolveEndpoints(Layers& layers);

}  // namespace vitals

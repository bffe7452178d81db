// The `tls` part of an endpoint: what its keys must have in common, its files readable, its
// password read. What is inside the PEM files is looked at by the probe, which reads them anew when
// they change. Called by ResolveEndpoints, on its thread.
#pragma once

#include "agent/config/layers.h"

namespace vitals {

// Completes the TLS settings of the endpoint, whose url is resolved already.
void ResolveTls(EndpointConfig& endpoint, Layers& layers);

}  // namespace vitals

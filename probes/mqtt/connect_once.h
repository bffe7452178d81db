// ConnectOnce: one fresh connect to each of several endpoints, all at the same time, on the thread
// that calls. For a check by hand, not for the agent that runs: what is still silent at the limit
// is given up, for the reason that its far end shows.
//
// Waits for brokers, for `limit` at most. An endpoint's id is its index.
#pragma once

#include <vector>

#include "agent/core/evidence.h"
#include "agent/core/settings.h"
#include "agent/core/time.h"
#include "probes/mqtt/far_end.h"
#include "probes/mqtt/identity.h"
#include "probes/mqtt/own_sockets.h"

namespace vitals::mqtt {

std::vector<ConnectEvidence> ConnectOnce(const std::vector<EndpointSettings>& endpoints,
                                         Duration limit, const Identity& identity,
                                         OwnSockets& own_sockets, FarEndView& far_end,
                                         const Clock& clock);

}  // namespace vitals::mqtt

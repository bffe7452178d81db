// The health API (docs/http.md): paths, status words and HTTP codes of HiveMQ's Health API, for
// brokers that have none, so that load balancers and dashboards made for it work here too. UP,
// DEGRADED and UNKNOWN are 200, DOWN is 503. Pure, any thread.
//
// Source: docs.hivemq.com, user guide, Health API.
#pragma once

#include "agent/core/snapshot.h"
#include "agent/http/web_answer.h"

namespace vitals {

// `snapshot` is null while nothing is known yet: liveness is UNKNOWN then, readiness DOWN, for no
// client shall be sent to a broker of which nobody knows anything.
WebAnswer HealthAnswer(const Snapshot* snapshot);
WebAnswer LivenessAnswer(const Snapshot* snapshot);
WebAnswer ReadinessAnswer(const Snapshot* snapshot);

}  // namespace vitals

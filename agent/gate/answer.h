// What the probe front says: a pure function from request, verdicts and time to status and body, in
// the style of the Kubernetes API server's health endpoints (`[+]NAME ok`, `readyz check passed`).
// docs/http.md shows every answer.
//
// Any thread; no allocation; a body never exceeds kProbeBodyMax.
#pragma once

#include <array>
#include <string_view>

#include "agent/core/time.h"
#include "agent/gate/bounded_text.h"
#include "agent/gate/request_line.h"
#include "agent/gate/verdict_view.h"

namespace vitals {

inline constexpr std::size_t kProbeBodyMax = 8192;

// The paths that the kubelet asks; each may be followed by a slash and the name of one check.
inline constexpr std::array<std::string_view, 3> kProbePaths{"/startupz", "/readyz", "/livez"};

struct ProbeAnswer {
  int status = 200;
  BoundedText<kProbeBodyMax> body;
};

// The verdicts that stand now; none is null.
struct Standing {
  const VerdictView* startup;
  const VerdictView* readiness;
  const VerdictView* liveness;
};

ProbeAnswer AnswerProbe(const ProbeRequest& request, const Standing& standing, Time now);

// For a request line that could not be taken: 400, 405 or 414.
ProbeAnswer RefuseProbe(int status);

}  // namespace vitals

// The part of a configuration that the judge depends on, as YAML for a recording, and the way back
// for a replay. It holds numbers, times and choices, and of endpoints name and URL: no other text,
// so no secret can be in it.
//
// Pure; the printing once at start, the loading by `replay`; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/config/config.h"
#include "agent/core/result.h"
#include "agent/core/settings.h"

namespace vitals {

std::string PrintPolicy(const Config& config);
// All but the policy.
std::string PrintJudged(const Config& config);

struct NamedText {
  std::string name;  // for messages
  std::string text;
};

// Each text is laid over those before it; the result is checked as a configuration is.
tl::expected<Settings, Errors> LoadRecorded(const std::vector<NamedText>& texts);

}  // namespace vitals

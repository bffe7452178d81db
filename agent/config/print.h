// PrintConfig: the effective configuration as YAML that Load takes again. Secrets are never part of
// it: where a password was read it says so with ***. Pure, any thread.
#pragma once

#include <string>

#include "agent/config/config.h"

namespace vitals {

std::string PrintConfig(const Config& config);

}  // namespace vitals

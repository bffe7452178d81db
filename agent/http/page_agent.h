// How the agent itself does: whether its own loops are on time, whether it lost something, which
// broker it takes this one for. Pure, any thread.
#pragma once

#include <string>

#include "agent/http/status_page.h"

namespace vitals {

void AppendAgent(const PageInput& input, std::string* page);

}  // namespace vitals

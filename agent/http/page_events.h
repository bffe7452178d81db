// The newest events as a timeline. Pure, any thread.
#pragma once

#include <string>

#include "agent/core/past.h"

namespace vitals {

void AppendEvents(const Past& past, std::string* page);

}  // namespace vitals

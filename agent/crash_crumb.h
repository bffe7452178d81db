// The crumb that a crash leaves on the page: which source was at work. From the name of the thread
// that got a fatal signal; one that somebody sent from outside leaves none.
//
// InstallCrashCrumb: once, before any thread starts; the page must outlive the process' threads.
#pragma once

#include <optional>
#include <string_view>

#include "agent/core/condition.h"
#include "agent/gate/page.h"

namespace vitals {

void InstallCrashCrumb(Page& page);

// Threads of Paho work for the round trip. None for threads that belong to no source.
std::optional<Source> SourceOfThread(std::string_view name);

}  // namespace vitals

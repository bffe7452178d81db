// Secrets come from files, never from values. Called by Load, on its thread; what is read is never
// repeated in a message.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "agent/config/layers.h"

namespace vitals {

// One trailing newline is left out. None after a complaint at `place`.
std::optional<std::string> ReadSecret(const std::string& path, std::size_t max_bytes,
                                      const Place& place, Layers& layers);

}  // namespace vitals

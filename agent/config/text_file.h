// Reads a whole small file: configuration, profile, password. Called before any thread starts.
#pragma once

#include <cstddef>
#include <string>

#include "agent/core/result.h"

namespace vitals {

// Regular files only (a FIFO could block for ever). The error's place is the file, its message
// names the cause by errno; a file larger than `max_bytes` is an error.
Result<std::string> ReadTextFile(const std::string& path, std::size_t max_bytes);

}  // namespace vitals

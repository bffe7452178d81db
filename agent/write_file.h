// Writes a small file so that it is there whole or not at all, whenever the machine stops: a
// temporary file beside it, fsync(2), rename(2). Mode 0600.
//
// Any thread; waits for the disk.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/result.h"

namespace vitals {

// Makes the folder where there is none.
Result<void> WriteWhole(const std::string& path, std::string_view text);

}  // namespace vitals

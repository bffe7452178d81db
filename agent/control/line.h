// One line over a stream socket, bounded in size and time: what both ends of the control socket
// read and write.
//
// Free functions without state, any thread. They wait, but never longer than `limit` in all,
// however slowly the other end gives or takes bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "agent/core/result.h"
#include "agent/core/time.h"

namespace vitals {

// Without its newline.
Result<std::string> ReadLine(int fd, std::size_t max_bytes, Duration limit);
// False: the other end is gone, or did not take it in time.
bool WriteLine(int fd, std::string_view line, Duration limit);

}  // namespace vitals

// Gives disk space of the front of a file back while the file stays as long as it is:
// fallocate(2) with FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE. Readers see zeros there.
//
// Any thread. Reaches the file through its descriptor, so that a rename in between can't make it
// touch another one. Not every filesystem can do it (NFS before 4.2, FAT): then nothing changes.
#pragma once

#include <cstdint>

#include "agent/core/result.h"

namespace vitals {

// `fd` may be open for reading only; the process needs the right to write the file. `from` and `to`
// are whole blocks.
Result<void> PunchHole(int fd, std::uint64_t from, std::uint64_t to);

}  // namespace vitals

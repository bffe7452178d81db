#include "probes/log/punch.h"

#include <fcntl.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "agent/core/fd.h"

namespace vitals {

Result<void> PunchHole(int fd, std::uint64_t from, std::uint64_t to) {
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  const Fd writable(open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!writable) {
    return Fail("the log can't be opened for writing: " + std::generic_category().message(errno),
                {}, "run the agent with the broker's user id, or set log.reclaim to off");
  }
  int failed = 0;
  do {
    failed = fallocate(writable.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                       static_cast<off_t>(from), static_cast<off_t>(to - from));
  } while (failed != 0 && errno == EINTR);
  if (failed != 0) {
    return Fail("no hole can be punched here: " + std::generic_category().message(errno), {},
                "use a filesystem that can (ext4, xfs, tmpfs), or set log.reclaim to off");
  }
  return {};
}

}  // namespace vitals

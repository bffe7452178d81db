// MemoryWatch: does this process hold so much of its container's memory that it should leave before
// the kernel ends it? On cgroup v2 the kernel would end the gate with it (memory.oom.group, which
// the kubelet sets), and the probes with the gate. What the kernel can take back, the page cache of
// the logs that were read, does not count; nor does what others in the same group hold, for leaving
// would not change it.
//
// Owned by the app, main thread. It only reads a few small files.
//
// Source: Linux Documentation/admin-guide/cgroup-v2.rst, memory.current, memory.max, memory.stat.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace vitals {

struct MemoryUse {
  std::uint64_t used = 0;   // by all in the group, without what can be taken back
  std::uint64_t limit = 0;  // of the group
  std::uint64_t own = 0;    // of this process
};

class MemoryWatch {
 public:
  static constexpr double kShare = 0.8;  // of the limit

  // This process and its group, as the kernel shows them.
  MemoryWatch();
  // `group`: the folder of a cgroup; `status`: as /proc/PID/status.
  MemoryWatch(std::filesystem::path group, std::filesystem::path status);

  // Where there is none there is nothing to watch, but it may be set while the container runs.
  bool HasLimit() const;
  // Nothing while all is well, or where there is no limit or no cgroup v2.
  std::optional<MemoryUse> TooMuch() const;

 private:
  const std::filesystem::path group_, status_;
};

}  // namespace vitals

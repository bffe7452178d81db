#include "tests/support/small_disk.h"

#include <sched.h>
#include <sys/mount.h>

#include <string>
#include <utility>

namespace vitals {

SmallDisk::SmallDisk(std::filesystem::path folder, std::uint64_t bytes)
    : folder_(std::move(folder)) {
  // Private first: else the whole machine would see it.
  if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return;
  }
  const std::string options = "size=" + std::to_string(bytes);
  mounted_ = mount("none", folder_.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) == 0;
}

SmallDisk::~SmallDisk() {
  if (mounted_) umount2(folder_.c_str(), MNT_DETACH);
}

}  // namespace vitals

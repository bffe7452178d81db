#include "tests/support/small_disk.h"

#include <sched.h>
#include <sys/mount.h>

#include <string>
#include <utility>

namespace vitals {

bool MountSmallDisk(const std::filesystem::path& folder, std::uint64_t bytes) {
  const std::string options = "size=" + std::to_string(bytes);
  return mount("none", folder.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) == 0;
}

SmallDisk::SmallDisk(std::filesystem::path folder, std::uint64_t bytes)
    : folder_(std::move(folder)) {
  // Private first: else the whole machine would see it.
  if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return;
  }
  mounted_ = MountSmallDisk(folder_, bytes);
}

SmallDisk::~SmallDisk() {
  if (mounted_) umount2(folder_.c_str(), MNT_DETACH);
}

}  // namespace vitals

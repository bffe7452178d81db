// SmallDisk: a folder that becomes a small file system of its own (tmpfs), which only this process
// sees, so that a disk can be full for a test. One owner, one thread; where the right to mount is
// missing, mounted() says so and the folder stays what it was.
#pragma once

#include <cstdint>
#include <filesystem>

namespace vitals {

// Mounts a tmpfs of that size over the folder, in the caller's view of the file system; whether it
// worked.
bool MountSmallDisk(const std::filesystem::path& folder, std::uint64_t bytes);

class SmallDisk {
 public:
  SmallDisk(std::filesystem::path folder, std::uint64_t bytes);
  ~SmallDisk();  // with all that is in it
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }

 private:
  const std::filesystem::path folder_;
  bool mounted_ = false;
};

}  // namespace vitals

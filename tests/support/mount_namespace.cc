#include "tests/support/mount_namespace.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

namespace vitals {

MountNamespace::MountNamespace() {
  Fd old(::open("/proc/thread-self/ns/mnt", O_RDONLY | O_CLOEXEC));
  folder_ = Fd(::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!old || ::unshare(CLONE_NEWNS) != 0) return;
  // Else the mounts would spread to the old view.
  EXPECT_EQ(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
  old_ = std::move(old);
}

MountNamespace::~MountNamespace() {
  if (!entered()) return;
  // Threads that were started here may still share root and folder with this one.
  EXPECT_EQ(::unshare(CLONE_FS), 0);
  EXPECT_EQ(::setns(old_.get(), CLONE_NEWNS), 0);
  EXPECT_EQ(::fchdir(folder_.get()), 0);
}

bool MountNamespace::Replace(const std::filesystem::path& file, const std::string& text) const {
  const auto mine = files_.Write(file.filename().string(), text);
  return ::mount(mine.c_str(), file.c_str(), nullptr, MS_BIND, nullptr) == 0;
}

}  // namespace vitals

// MountNamespace: a view of the file system of its own for the calling thread and for all that it
// starts from then on, in which a test puts files of its own in the place of the system's: hosts,
// resolv.conf. The old view is back at the end. Needs root. One owner, one thread.
//
// Source: mount_namespaces(7).
#pragma once

#include <filesystem>
#include <string>

#include "agent/core/fd.h"
#include "tests/support/temp_dir.h"

namespace vitals {

class MountNamespace {
 public:
  MountNamespace();
  ~MountNamespace();
  MountNamespace(const MountNamespace&) = delete;
  MountNamespace& operator=(const MountNamespace&) = delete;

  // False without root.
  bool entered() const { return old_.valid(); }
  // A file that exists shows this text from now on; whether it worked.
  bool Replace(const std::filesystem::path& file, const std::string& text) const;

 private:
  TempDir files_;
  Fd old_;
  Fd folder_;  // entering a namespace leads to its root
};

}  // namespace vitals

#include "tests/support/process_use.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

#include "tests/support/process.h"

namespace vitals {
namespace {

namespace fs = std::filesystem;

fs::path HomeOf(pid_t pid) { return fs::path("/proc") / std::to_string(pid); }

int CountEntries(const fs::path& folder) {
  std::error_code gone;
  int count = 0;
  for (fs::directory_iterator at(folder, gone), end; at != end; at.increment(gone)) ++count;
  return count;
}

}  // namespace

ProcessUse UseOf(pid_t pid) {
  const fs::path home = HomeOf(pid);
  ProcessUse use;
  use.descriptors = CountEntries(home / "fd");
  use.threads = CountEntries(home / "task");

  std::ifstream memory(home / "smaps_rollup");
  for (std::string word; memory >> word;) {
    double kib = 0;
    if (word == "Rss:" && memory >> kib) use.rss_kib = kib;
    if (word == "Pss:" && memory >> kib) use.pss_kib = kib;
    if (word.starts_with("Private_") && memory >> kib) use.private_kib += kib;
  }

  // The name, in brackets, may hold spaces; user and system time are the 12th and 13th after it.
  const std::string stat = ReadFile(home / "stat");
  std::istringstream fields(stat.substr(stat.rfind(')') + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  use.cpu_s = (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return use;
}

ProcessUse UseOfTree(pid_t pid) {
  ProcessUse sum = UseOf(pid);
  std::error_code gone;
  for (fs::directory_iterator at(HomeOf(pid) / "task", gone), end; at != end; at.increment(gone)) {
    std::ifstream children(at->path() / "children");
    for (pid_t child = 0; children >> child;) {
      const ProcessUse use = UseOfTree(child);
      sum.cpu_s += use.cpu_s;
      sum.rss_kib += use.rss_kib;
      sum.pss_kib += use.pss_kib;
      sum.private_kib += use.private_kib;
      sum.descriptors += use.descriptors;
      sum.threads += use.threads;
    }
  }
  return sum;
}

bool IsStopped(pid_t pid) {
  for (const auto& thread : fs::directory_iterator(HomeOf(pid) / "task")) {
    const std::string stat = ReadFile(thread.path() / "stat");
    const std::size_t name_end = stat.rfind(')');
    if (name_end == std::string::npos || stat.compare(name_end, 3, ") T") != 0) return false;
  }
  return true;
}

void ExhaustDescriptors(pid_t pid) {
  rlim_t next = 0;
  for (const auto& entry : fs::directory_iterator(HomeOf(pid) / "fd")) {
    next = std::max<rlim_t>(next, std::stoul(entry.path().filename().string()) + 1);
  }
  // Gaps between those in use would still be free.
  const rlimit limit{std::min<rlim_t>(next, 3), next};
  EXPECT_EQ(::prlimit(pid, RLIMIT_NOFILE, &limit, nullptr), 0);
}

}  // namespace vitals

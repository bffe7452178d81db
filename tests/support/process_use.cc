#include "tests/support/process_use.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

#include "tests/support/process.h"

namespace vitals {
namespace {

namespace fs = std::filesystem;

int CountEntries(const fs::path& folder) {
  std::error_code gone;
  int count = 0;
  for (fs::directory_iterator at(folder, gone), end; at != end; at.increment(gone)) ++count;
  return count;
}

}  // namespace

ProcessUse UseOf(pid_t pid) {
  const fs::path home = fs::path("/proc") / std::to_string(pid);
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

}  // namespace vitals

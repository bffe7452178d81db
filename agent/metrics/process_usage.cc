#include "agent/metrics/process_usage.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

namespace vitals {
namespace {

// The fields of /proc/self/stat from the third on: the second is the program's name, which may
// hold spaces and parentheses.
std::vector<std::string> StatFields() {
  std::ifstream file("/proc/self/stat");
  std::string text;
  std::getline(file, text);
  const auto end_of_name = text.rfind(')');
  if (end_of_name == std::string::npos) return {};
  std::istringstream rest(text.substr(end_of_name + 1));
  return {std::istream_iterator<std::string>(rest), {}};
}

double BootTime() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;) {
    double seconds = 0;
    if (word == "btime" && file >> seconds) return seconds;
  }
  return 0;
}

double CountFds() {
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end;
       !error && entry != end; entry.increment(error)) {
    ++count;
  }
  return count > 0 ? count - 1 : 0;  // the one that reads the folder
}

}  // namespace

ProcessUsage ReadProcessUsage() {
  // Numbers of proc(5), less the three that were cut off or count from one.
  constexpr std::size_t kUserTime = 14 - 3, kSystemTime = 15 - 3, kThreads = 20 - 3,
                        kStart = 22 - 3, kResident = 24 - 3;
  ProcessUsage usage;
  const auto stat = StatFields();
  if (stat.size() <= kResident) return usage;
  const auto number = [&](std::size_t index) { return std::strtod(stat[index].c_str(), nullptr); };
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  usage.cpu_seconds = (number(kUserTime) + number(kSystemTime)) / ticks;
  usage.threads = number(kThreads);
  usage.resident_bytes = number(kResident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  static const double boot_time = BootTime();
  usage.start_time = boot_time + number(kStart) / ticks;
  usage.open_fds = CountFds();
  return usage;
}

}  // namespace vitals

#include "agent/machine_time.h"

#include <ctime>
#include <fstream>

namespace vitals {

MachineTime ReadMachineTime() {
  static const std::string boot_id = [] {
    std::string text;
    std::ifstream("/proc/sys/kernel/random/boot_id") >> text;
    return text;
  }();
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return {boot_id, std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec)};
}

}  // namespace vitals

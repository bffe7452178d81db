#include "agent/startup_pages.h"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>

namespace vitals {

void GiveBackStartupPages() {
  ::malloc_trim(0);
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    // BEGIN-END PERMISSIONS OFFSET DEVICE INODE FILE
    std::istringstream fields(line);
    std::uintptr_t begin = 0, end = 0;
    char dash = 0;
    std::string permissions, offset, device, inode, file;
    fields >> std::hex >> begin >> dash >> end >> permissions >> offset >> device >> inode >> file;
    if (!fields || permissions != "r-xp" || file.front() != '/') continue;
    ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
}

}  // namespace vitals

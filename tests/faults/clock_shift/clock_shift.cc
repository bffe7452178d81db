// A library to preload: CLOCK_REALTIME is off by as many seconds as the file named by
// VITALS_CLOCK_SHIFT_FILE says, and may be set while the program runs. CLOCK_MONOTONIC is left
// alone, as the kernel leaves it alone when somebody sets the clock.
//
// Source: clock_gettime(2), ld.so(8) LD_PRELOAD.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

namespace {

long Shift() {
  static const char* const path = std::getenv("VITALS_CLOCK_SHIFT_FILE");
  const int fd = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  char text[24]{};
  const ssize_t got = ::read(fd, text, sizeof text - 1);
  ::close(fd);
  return got > 0 ? std::atol(text) : 0;
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  using Real = int (*)(clockid_t, timespec*);
  static const auto real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "clock_gettime"));
  const int result = real(clock, time);
  if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += Shift();
  return result;
}

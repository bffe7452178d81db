#include "probes/log/file_bell.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstdint>

namespace vitals {

FileBell::FileBell()
    : inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)),
      ring_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

void FileBell::Watch(const std::vector<std::string>& patterns) {
  if (!inotify_) return;
  for (const std::string& pattern : patterns) {
    const std::size_t slash = pattern.rfind('/');
    if (slash == std::string::npos) continue;
    const std::string folder = pattern.substr(0, slash == 0 ? 1 : slash);
    if (folder.find_first_of("*?[") != std::string::npos) continue;
    // Fails where the folder is not there (yet), and at the user's limit of watches.
    ::inotify_add_watch(inotify_.get(), folder.c_str(),
                        IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_ONLYDIR);
  }
}

bool FileBell::Sleep(Duration most) {
  std::array<pollfd, 2> fds{pollfd{inotify_.get(), POLLIN, 0}, pollfd{ring_.get(), POLLIN, 0}};
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(most).count();
  if (::poll(fds.data(), fds.size(), static_cast<int>(ms)) <= 0) return false;
  // What happened is looked up, not read here; an overflow of the queue is as good as an event.
  alignas(inotify_event) std::array<char, 4096> events;
  while (inotify_ && ::read(inotify_.get(), events.data(), events.size()) > 0) {
  }
  std::uint64_t rings = 0;
  [[maybe_unused]] const auto taken = ::read(ring_.get(), &rings, sizeof rings);
  return fds[0].revents != 0;
}

void FileBell::Ring() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(ring_.get(), &one, sizeof one);
}

}  // namespace vitals

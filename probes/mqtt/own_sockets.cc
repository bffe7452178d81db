#include "probes/mqtt/own_sockets.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string>

namespace vitals::mqtt {

void OwnSockets::Add(int fd) {
  const std::lock_guard lock(mutex_);
  added_.insert(fd);
}

void OwnSockets::Close(Fd& fd) {
  const std::lock_guard lock(mutex_);
  added_.erase(fd.get());
  fd.Close();
}

bool OwnSockets::IsClaimed(const SocketPair& pair) const {
  return std::find(claimed_.begin(), claimed_.end(), pair) != claimed_.end();
}

std::optional<FoundSocket> OwnSockets::Claim(const SocketAddress& peer) {
  const std::lock_guard lock(mutex_);
  std::error_code error;
  std::filesystem::directory_iterator at("/proc/self/fd", error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    const std::string name = at->path().filename();
    int fd = -1;
    std::from_chars(name.data(), name.data() + name.size(), fd);
    if (fd < 0 || added_.contains(fd)) continue;
    const auto pair = PairOf(fd);
    if (!pair || pair->peer != peer || IsClaimed(*pair)) continue;
    claimed_.push_back(*pair);
    return FoundSocket{fd, *pair};
  }
  return std::nullopt;
}

void OwnSockets::Release(const SocketPair& pair) {
  const std::lock_guard lock(mutex_);
  std::erase(claimed_, pair);
}

}  // namespace vitals::mqtt

#include "probes/mqtt/own_sockets.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string>

namespace vitals::mqtt {
namespace {

// The connection of this process that `matches(fd, pair)`.
template <typename Matches>
std::optional<FoundSocket> Find(Matches matches) {
  std::error_code error;
  std::filesystem::directory_iterator at("/proc/self/fd", error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    const std::string name = at->path().filename();
    int fd = -1;
    std::from_chars(name.data(), name.data() + name.size(), fd);
    const auto pair = fd < 0 ? std::nullopt : PairOf(fd);
    if (pair && matches(fd, *pair)) return FoundSocket{fd, *pair};
  }
  return std::nullopt;
}

}  // namespace

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
  const auto found = Find([&](int fd, const SocketPair& pair) {
    return pair.peer == peer && !added_.contains(fd) && !IsClaimed(pair);
  });
  if (found) claimed_.push_back(found->pair);
  return found;
}

bool OwnSockets::Has(const SocketPair& pair) {
  const std::lock_guard lock(mutex_);
  return Find([&](int, const SocketPair& one) { return one == pair; }).has_value();
}

std::vector<SocketAddress> OwnSockets::Ends() {
  const std::lock_guard lock(mutex_);
  std::vector<SocketAddress> ends;
  Find([&](int, const SocketPair& pair) {
    ends.push_back(pair.local);
    return false;
  });
  return ends;
}

void OwnSockets::Release(const SocketPair& pair) {
  const std::lock_guard lock(mutex_);
  std::erase(claimed_, pair);
}

}  // namespace vitals::mqtt

#include "probes/host/process_finder.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <memory>
#include <utility>

#include "probes/host/process_stat.h"

namespace vitals {
namespace {

using Folder = std::unique_ptr<DIR, int (*)(DIR*)>;
using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

Folder Open(const std::string& path) { return {::opendir(path.c_str()), ::closedir}; }

constexpr unsigned kListening = 10;  // TCP_LISTEN

bool IsLocal(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

enum class Has { kYes, kNo, kDenied };

Has HasSocket(const std::string& descriptors, const std::vector<std::uint64_t>& inodes) {
  const Folder folder = Open(descriptors);
  if (!folder) return errno == EACCES || errno == EPERM ? Has::kDenied : Has::kNo;
  int left = ProcessFinder::kDescriptors;
  while (const dirent* entry = ::readdir(folder.get())) {
    if (left-- == 0) break;
    std::array<char, 64> target{};
    const ssize_t size =
        ::readlinkat(::dirfd(folder.get()), entry->d_name, target.data(), target.size() - 1);
    std::uint64_t inode = 0;
    if (size > 0 && std::sscanf(target.data(), "socket:[%" SCNu64 "]", &inode) == 1 &&
        std::find(inodes.begin(), inodes.end(), inode) != inodes.end()) {
      return Has::kYes;
    }
  }
  return Has::kNo;
}

}  // namespace

std::vector<std::uint16_t> LocalPorts(const std::vector<EndpointSettings>& endpoints) {
  std::vector<std::uint16_t> ports;
  for (const EndpointSettings& one : endpoints) {
    if (one.wanted && !one.via_proxy && !one.IsUnix() && IsLocal(one.host)) {
      ports.push_back(one.port);
    }
  }
  return ports;
}

ProcessFinder::ProcessFinder(std::vector<std::uint16_t> ports, std::string proc)
    : ports_(std::move(ports)), proc_(std::move(proc)) {}

std::string ProcessFinder::Home(std::int32_t pid) const {
  return proc_ + "/" + std::to_string(pid);
}

std::vector<std::uint64_t> ProcessFinder::ListeningInodes() const {
  std::vector<std::uint64_t> inodes;
  for (const char* table : {"/net/tcp", "/net/tcp6"}) {
    const File file(std::fopen((proc_ + table).c_str(), "re"), std::fclose);
    if (!file) continue;
    std::array<char, 512> line{};
    // SL LOCAL:PORT REMOTE:PORT STATE TX:RX TR:WHEN RETRANSMITS UID TIMEOUT INODE
    if (std::fgets(line.data(), line.size(), file.get()) == nullptr) continue;  // names of columns
    while (std::fgets(line.data(), line.size(), file.get()) != nullptr) {
      unsigned port = 0, state = 0;
      std::uint64_t inode = 0;
      if (std::sscanf(line.data(), " %*d: %*[0-9A-F]:%x %*s %x %*s %*s %*s %*s %*s %" SCNu64, &port,
                      &state, &inode) != 3 ||
          state != kListening) {
        break;
      }
      if (std::find(ports_.begin(), ports_.end(), port) != ports_.end()) inodes.push_back(inode);
    }
  }
  return inodes;
}

std::vector<std::int32_t> ProcessFinder::Processes() const {
  std::vector<std::int32_t> pids;
  const Folder folder = Open(proc_);
  while (folder && pids.size() < kProcesses) {
    const dirent* entry = ::readdir(folder.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    std::int32_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error == std::errc() && end == name.data() + name.size()) pids.push_back(pid);
  }
  return pids;
}

Result<std::int32_t> ProcessFinder::FindListener() const {
  if (ports_.empty()) {
    return Fail("no wanted endpoint is a TCP port on a loopback address, without a proxy");
  }
  const auto inodes = ListeningInodes();
  if (inodes.empty()) return Fail("no process listens on a port of the endpoints");
  int denied = 0;
  for (const std::int32_t pid : Processes()) {
    switch (HasSocket(Home(pid) + "/fd", inodes)) {
      case Has::kYes:
        return pid;
      case Has::kDenied:
        ++denied;
        break;
      case Has::kNo:
        break;
    }
  }
  if (denied > 0) {
    return Fail("the descriptors of processes that the agent sees can't be read", {},
                "run the agent as the broker's user");
  }
  return Fail("no process that the agent sees has the listening socket", {},
              "set shareProcessNamespace in the pod");
}

Result<std::int32_t> ProcessFinder::FindNamed(std::string_view name) const {
  std::int32_t found = 0;
  for (const std::int32_t pid : Processes()) {
    const auto stat = ReadStat(StatPath(pid));
    if (!stat || stat->name != name || stat->state == 'Z') continue;
    if (found != 0) return Fail("several processes have the name of the broker's");
    found = pid;
  }
  if (found == 0) return Fail("the broker's process has ended");
  return found;
}

}  // namespace vitals

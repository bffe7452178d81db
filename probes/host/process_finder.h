// ProcessFinder: which process is the broker's? The one that has the listening socket of an
// endpoint: its inode is in /proc/net/tcp or tcp6, and among the descriptors of its owner.
//
// A search looks at no more than kProcesses processes and kDescriptors of each, and reads only the
// listening part of the kernel's tables, which comes first (net/ipv4/tcp_ipv4.c): a million
// connections cost nothing. Called seldom: see ProcessWatch. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/result.h"
#include "agent/core/settings.h"

namespace vitals {

// The ports of wanted endpoints that a process of this machine must have: none behind a proxy or on
// another host.
std::vector<std::uint16_t> LocalPorts(const std::vector<EndpointSettings>& endpoints);

class ProcessFinder {
 public:
  static constexpr int kProcesses = 4096;
  static constexpr int kDescriptors = 4096;

  // `proc` is /proc, but for tests.
  explicit ProcessFinder(std::vector<std::uint16_t> ports, std::string proc = "/proc");

  Result<std::int32_t> FindListener() const;
  // The only process of this name, as a broker is that has not opened its ports yet.
  Result<std::int32_t> FindNamed(std::string_view name) const;

  std::string Home(std::int32_t pid) const;  // /proc/PID
  std::string StatPath(std::int32_t pid) const { return Home(pid) + "/stat"; }

 private:
  std::vector<std::uint64_t> ListeningInodes() const;
  std::vector<std::int32_t> Processes() const;

  const std::vector<std::uint16_t> ports_;
  const std::string proc_;
};

}  // namespace vitals

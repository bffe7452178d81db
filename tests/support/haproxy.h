// HaProxy: a real HAProxy in front of a broker, as a child process of a test. One owner, one
// thread.
//
// Source: haproxy/doc/proxy-protocol.txt, HAProxy 2.6 configuration manual.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/result.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace vitals {

struct HaProxyRoute {
  std::uint16_t to = 0;       // a port of 127.0.0.1
  bool accept_proxy = false;  // its clients have to bring a PROXY header
  bool send_proxy = false;    // it brings one of version 2 itself
  bool reject = false;        // it resets every connection as soon as it has accepted it
  std::uint16_t port = 0;     // where it listens; 0: a free one
};

class HaProxy {
 public:
  explicit HaProxy(std::vector<HaProxyRoute> routes);
  // With a configuration that listens on `port` of 127.0.0.1.
  HaProxy(std::string configuration, std::uint16_t port);
  static bool Available();

  // Returns when it listens.
  Result<void> Start();
  pid_t pid() const { return process_->pid(); }
  void Freeze() const;  // SIGSTOP
  const std::vector<HaProxyRoute>& routes() const { return routes_; }

 private:
  TempDir folder_;
  std::vector<HaProxyRoute> routes_;
  std::string configuration_;
  std::unique_ptr<Process> process_;  // dies before the folder goes
};

}  // namespace vitals

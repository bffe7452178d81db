// Connection: a blocking TCP connection to 127.0.0.1 in which every step shares one deadline. For
// the small clients of the tests only. One thread.
//
// Source: RFC 9293.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/fd.h"
#include "agent/core/time.h"

namespace vitals {

class Connection {
 public:
  // Nothing if the connection was refused or did not come about in time.
  static std::optional<Connection> Open(std::uint16_t port, Duration limit);

  // Its end waits up to a second until all is delivered, as that of the kubelet's connections does
  // (Kubernetes pkg/probe/dialer_others.go).
  void Linger() const;
  bool Send(std::string_view bytes) const;
  // Up to `most` bytes; fewer if the other side closes or the deadline is over.
  std::string Read(std::size_t most) const;

 private:
  Connection(Fd fd, Time deadline) : fd_(std::move(fd)), deadline_(deadline) {}
  bool Wait(short events) const;

  Fd fd_;
  Time deadline_;
};

}  // namespace vitals

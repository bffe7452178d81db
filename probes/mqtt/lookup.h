// Lookup: one host name resolved off the loop. getaddrinfo(3) can't be given a deadline or be
// broken off, so a thread of its own waits for it ("lookup") and is left behind when nobody waits
// any more; it ends with the resolver's own limits (5 s a try by default, resolv.conf(5)).
//
// Whoever started it shares it with that thread. It touches nothing else of the agent's.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/fd.h"
#include "probes/mqtt/socket_address.h"

namespace vitals::mqtt {

class Lookup {
 public:
  struct Answer {
    std::vector<SocketAddress> addresses;  // in the order in which to try them (RFC 6724)
    std::string error;                     // why there are none
  };

  // Begins at once. `wake` is an eventfd that is written to when the answer is there.
  static std::shared_ptr<Lookup> Start(const std::string& host, std::uint16_t port, int wake);

  // None = not yet.
  std::optional<Answer> Get() const;

 private:
  void Set(Answer answer);

  Fd wake_;  // a duplicate: the probe may be gone by then
  mutable std::mutex mutex_;
  std::optional<Answer> answer_;
};

}  // namespace vitals::mqtt

// Which of the connections of a port belong to which of its listeners: a port may have one listener
// for each address, and each may be another program.
//
// One thread; learn the listeners first, as the kernel lists them first.
#pragma once

#include <algorithm>
#include <vector>

#include "probes/mqtt/socket_address.h"

namespace vitals::mqtt {

class ListenerPorts {
 public:
  void Learn(const SocketAddress& listening) { listeners_.push_back(listening); }
  bool any() const { return !listeners_.empty(); }

  // Whether a connection that ends at `own` was made through the address `listener`.
  bool BelongsTo(const SocketAddress& listener, const SocketAddress& own) const {
    const auto listens = [&](const SocketAddress& address) {
      return std::ranges::count(listeners_, address) > 0;
    };
    return listens(listener) ? own == listener : !listens(own);
  }

 private:
  std::vector<SocketAddress> listeners_;
};

}  // namespace vitals::mqtt

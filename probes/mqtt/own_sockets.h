// OwnSockets: which sockets of this process belong to the listener probe, and which connection a
// round-trip session has found to be its own. Paho MQTT gives no access to its socket, so a session
// looks for it among the descriptors of the process: a connection to the right peer that nobody
// else has claimed.
//
// One object for the whole agent, made by the application; any thread may call it. Descriptors are
// closed under the same lock as they are looked through, so that a number that was given away anew
// is never taken for the old socket.
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "agent/core/fd.h"
#include "probes/mqtt/socket_address.h"

namespace vitals::mqtt {

struct FoundSocket {
  int fd = -1;  // somebody else's: only looked at, never closed, never read
  SocketPair pair;
};

class OwnSockets {
 public:
  // Call before connect(2).
  void Add(int fd);
  void Close(Fd& fd);

  // This process's ends of all its connections, of whatever library.
  std::vector<SocketAddress> Ends();

  // The connection to `peer` that nobody has added or claimed; claims it.
  std::optional<FoundSocket> Claim(const SocketAddress& peer);
  // A connection of this process.
  bool Has(const SocketPair& pair);
  void Release(const SocketPair& pair);

 private:
  bool IsClaimed(const SocketPair& pair) const;

  std::mutex mutex_;
  std::set<int> added_;
  std::vector<SocketPair> claimed_;
};

}  // namespace vitals::mqtt

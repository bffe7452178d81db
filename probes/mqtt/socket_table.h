// SocketTable: the kernel's list of TCP sockets of this network namespace, asked for one socket at
// a time. Two ways to ask: NETLINK_SOCK_DIAG, which answers for one pair of addresses without a
// scan, and /proc/net/tcp and tcp6, which need no netlink.
//
// A table may be used by several threads, one call at a time each (the netlink one locks). It never
// changes a socket, needs no privilege, and never waits longer than the kernel's own answer.
//
// Sources: sock_diag(7); linux/net/ipv4/inet_diag.c (an exact query for a connection that does not
// exist returns the listener of that port); proc_pid_net_tcp(5), linux/net/ipv4/tcp_ipv4.c
// get_tcp4_sock().
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <memory>
#include <optional>
#include <string>

#include "probes/mqtt/socket_address.h"

namespace vitals::mqtt {

// States as linux/include/net/tcp_states.h numbers them.
enum class TcpState : std::uint8_t {
  kEstablished = 1,
  kSynSent = 2,
  kSynReceived = 3,
  kCloseWait = 8,
  kListen = 10,
};

struct KernelSocket {
  std::uint8_t state = 0;
  std::uint32_t receive_queue = 0;  // unread bytes; of a listener: connections not yet accepted
  std::uint32_t send_queue = 0;     // of a listener: its backlog (netlink only)
  std::uint64_t inode = 0;          // 0 = no process has it yet

  bool Is(TcpState wanted) const { return state == static_cast<std::uint8_t>(wanted); }
};

class SocketTable {
 public:
  virtual ~SocketTable() = default;
  // The socket whose own address is `own` and whose remote address is `remote`; if there is none,
  // the listener of `own`; if there is none or the kernel does not say, nothing.
  virtual std::optional<KernelSocket> Find(const SocketAddress& own,
                                           const SocketAddress& remote) = 0;
};

// Null where netlink can't be opened.
std::unique_ptr<SocketTable> OpenNetlinkTable();

using OpenFile = std::function<std::unique_ptr<std::istream>(const std::string& path)>;
// Each line of /proc/net/tcp and tcp6 with this local port, listeners first; `visit` returns
// whether to go on. False: neither file can be read.
bool ReadProcSockets(std::uint16_t port, const OpenFile& open,
                     const std::function<bool(const SocketAddress& own, const SocketAddress& remote,
                                              const KernelSocket& socket)>& visit);
// Reads both files anew for each question, by default from the machine.
std::unique_ptr<SocketTable> OpenProcTable(OpenFile open = {});

}  // namespace vitals::mqtt

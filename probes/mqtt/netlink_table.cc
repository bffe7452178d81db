#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/time.h>

#include <cerrno>
#include <cstring>
#include <mutex>

#include "agent/core/fd.h"
#include "probes/mqtt/socket_table.h"

namespace vitals::mqtt {
namespace {

struct Request {
  nlmsghdr header;
  inet_diag_req_v2 body;
};

// The kernel compares all four words of an address, of which IPv4 uses one.
void PutAddress(const SocketAddress& address, __be32 (&words)[4]) {
  if (address.IsV4()) {
    std::memcpy(&words[0], address.ip.data() + 12, 4);
  } else {
    std::memcpy(&words[0], address.ip.data(), 16);
  }
}

Request MakeRequest(const SocketAddress& own, const SocketAddress& remote, std::uint32_t sequence) {
  Request request{};
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.header.nlmsg_flags = NLM_F_REQUEST;
  request.header.nlmsg_seq = sequence;
  request.body.sdiag_family = static_cast<__u8>(own.family());
  request.body.sdiag_protocol = IPPROTO_TCP;
  request.body.idiag_states = ~0U;
  request.body.id.idiag_sport = htons(own.port);
  request.body.id.idiag_dport = htons(remote.port);
  PutAddress(own, request.body.id.idiag_src);
  PutAddress(remote, request.body.id.idiag_dst);
  request.body.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
  request.body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return request;
}

class NetlinkTable final : public SocketTable {
 public:
  explicit NetlinkTable(Fd socket) : socket_(std::move(socket)) {}

  std::optional<KernelSocket> Find(const SocketAddress& own, const SocketAddress& remote) override {
    const std::lock_guard lock(mutex_);
    const Request request = MakeRequest(own, remote, ++sequence_);
    if (::send(socket_.get(), &request, sizeof request, 0) != sizeof request) return std::nullopt;
    // The kernel has queued its answer before send returns; older ones may still lie before it.
    for (int tries = 0; tries < 8; ++tries) {
      alignas(nlmsghdr) char buffer[1024];
      const ssize_t size = ::recv(socket_.get(), buffer, sizeof buffer, 0);
      if (size < static_cast<ssize_t>(sizeof(nlmsghdr))) return std::nullopt;
      nlmsghdr header{};
      std::memcpy(&header, buffer, sizeof header);
      if (header.nlmsg_seq != sequence_) continue;
      return Parse(header, buffer + NLMSG_HDRLEN, static_cast<std::size_t>(size));
    }
    return std::nullopt;
  }

 private:
  static std::optional<KernelSocket> Parse(const nlmsghdr& header, const char* body,
                                           std::size_t size) {
    inet_diag_msg message{};
    if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY) return std::nullopt;
    if (size < NLMSG_HDRLEN + sizeof message) return std::nullopt;
    std::memcpy(&message, body, sizeof message);
    return KernelSocket{message.idiag_state, message.idiag_rqueue, message.idiag_wqueue,
                        message.idiag_inode};
  }

  const Fd socket_;
  std::mutex mutex_;
  std::uint32_t sequence_ = 0;
};

}  // namespace

std::unique_ptr<SocketTable> OpenNetlinkTable() {
  Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  if (!socket) return nullptr;
  const timeval limit{0, 50'000};
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0) {
    return nullptr;
  }
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel) != 0) {
    return nullptr;
  }
  return std::make_unique<NetlinkTable>(std::move(socket));
}

}  // namespace vitals::mqtt

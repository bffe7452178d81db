#include "probes/mqtt/socket_dump.h"

#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

#include "agent/core/fd.h"
#include "probes/mqtt/socket_table.h"

namespace vitals::mqtt {
namespace {

struct Request {
  nlmsghdr header;
  inet_diag_req_v2 body;
};

constexpr std::uint32_t Bit(TcpState state) { return 1U << static_cast<unsigned>(state); }

Request MakeDump(const DumpWish& wish) {
  Request request{};
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.body.sdiag_family = static_cast<__u8>(wish.family);
  request.body.sdiag_protocol = IPPROTO_TCP;
  if (wish.tcp_info) request.body.idiag_ext = 1U << (INET_DIAG_INFO - 1);
  // Listeners are dumped first.
  request.body.idiag_states = Bit(TcpState::kListen) | Bit(TcpState::kEstablished);
  request.body.id.idiag_sport = htons(wish.port);
  return request;
}

SocketAddress AddressOf(int family, const __be32 (&words)[4], __be16 port) {
  SocketAddress address;
  if (family == AF_INET) {
    address.ip[10] = address.ip[11] = 0xFF;
    std::memcpy(address.ip.data() + 12, &words[0], 4);
  } else {
    std::memcpy(address.ip.data(), &words[0], 16);
  }
  address.port = ntohs(port);
  return address;
}

enum class Part { kMore, kEnd, kBroken };

// One datagram of the dump.
Part Read(std::string_view bytes, const std::function<void(const DumpedSocket&)>& visit) {
  while (bytes.size() >= sizeof(nlmsghdr)) {
    nlmsghdr header{};
    std::memcpy(&header, bytes.data(), sizeof header);
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > bytes.size()) return Part::kBroken;
    if (header.nlmsg_type == NLMSG_DONE) return Part::kEnd;
    if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY) return Part::kBroken;
    const auto body = bytes.substr(NLMSG_HDRLEN, header.nlmsg_len - NLMSG_HDRLEN);
    DumpedSocket socket;
    if (body.size() >= sizeof socket.message) {
      inet_diag_msg& message = socket.message;
      std::memcpy(&message, body.data(), sizeof message);
      socket.own = AddressOf(message.idiag_family, message.id.idiag_src, message.id.idiag_sport);
      socket.remote = AddressOf(message.idiag_family, message.id.idiag_dst, message.id.idiag_dport);
      socket.attributes = body.substr(sizeof message);
      visit(socket);
    }
    bytes.remove_prefix(std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), bytes.size()));
  }
  return Part::kMore;
}

}  // namespace

bool DumpSockets(const DumpWish& wish, const std::function<void(const DumpedSocket&)>& visit,
                 const std::function<bool()>& enough) {
  const Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  const timeval limit{0, 100'000};
  const Request request = MakeDump(wish);
  if (!socket || ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0 ||
      ::send(socket.get(), &request, sizeof request, 0) != sizeof request) {
    return false;
  }
  for (;;) {
    alignas(nlmsghdr) std::array<char, 32 << 10> buffer;
    const ssize_t size = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (size <= 0) return false;
    const Part part = Read({buffer.data(), static_cast<std::size_t>(size)}, visit);
    if (part != Part::kMore) return part == Part::kEnd;
    if (enough()) return true;
    if (std::chrono::steady_clock::now() > wish.give_up_at) return false;
  }
}

}  // namespace vitals::mqtt

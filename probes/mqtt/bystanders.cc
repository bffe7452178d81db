#include "probes/mqtt/bystanders.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
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

constexpr Duration kLongest = std::chrono::milliseconds(200);
// One that was served so shortly ago answers the question: the rest need not be looked at.
constexpr Duration kThisMoment = std::chrono::seconds(1);

struct Request {
  nlmsghdr header;
  inet_diag_req_v2 body;
};

constexpr std::uint32_t Bit(TcpState state) { return 1U << static_cast<unsigned>(state); }

Request MakeDump(int family, std::uint16_t port) {
  Request request{};
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.body.sdiag_family = static_cast<__u8>(family);
  request.body.sdiag_protocol = IPPROTO_TCP;
  request.body.idiag_ext = 1U << (INET_DIAG_INFO - 1);
  // Listeners are dumped first.
  request.body.idiag_states = Bit(TcpState::kListen) | Bit(TcpState::kEstablished);
  request.body.id.idiag_sport = htons(port);
  return request;
}

SocketAddress AddressOf(int family, const __be32 (&words)[4], std::uint16_t port) {
  SocketAddress address;
  if (family == AF_INET) {
    address.ip[10] = address.ip[11] = 0xFF;
    std::memcpy(address.ip.data() + 12, &words[0], 4);
  } else {
    std::memcpy(address.ip.data(), &words[0], 16);
  }
  address.port = port;
  return address;
}

class Look {
 public:
  Look(const SocketAddress& listener, const std::vector<SocketAddress>& ours, std::uint32_t most)
      : listener_(listener), ours_(ours), most_(most) {}

  // False: the kernel refused, or the look was cut short.
  bool Dump(int family) {
    const Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    const timeval limit{0, 100'000};
    const Request request = MakeDump(family, listener_.port);
    if (!socket || ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0 ||
        ::send(socket.get(), &request, sizeof request, 0) != sizeof request) {
      return false;
    }
    for (;;) {
      alignas(nlmsghdr) std::array<char, 32 << 10> buffer;
      const ssize_t size = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
      if (size <= 0) return false;
      auto left = static_cast<std::size_t>(size);
      const char* at = buffer.data();
      while (left >= sizeof(nlmsghdr)) {
        nlmsghdr header{};
        std::memcpy(&header, at, sizeof header);
        if (header.nlmsg_len < sizeof header || header.nlmsg_len > left) return false;
        if (header.nlmsg_type == NLMSG_DONE) return true;
        if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY) return false;
        Count(at + NLMSG_HDRLEN, header.nlmsg_len - NLMSG_HDRLEN);
        const std::size_t step = NLMSG_ALIGN(header.nlmsg_len);
        at += std::min(step, left);
        left -= std::min(step, left);
      }
      if (SeenEnough()) return true;
      if (looked_at_ > most_ || std::chrono::steady_clock::now() > give_up_at_) return false;
    }
  }

  bool SeenEnough() const { return found_.newest_read && *found_.newest_read < kThisMoment; }
  Bystanders& found() { return found_; }

 private:
  void Count(const char* body, std::size_t size) {
    inet_diag_msg message{};
    if (size < sizeof message) return;
    std::memcpy(&message, body, sizeof message);
    const int family = message.idiag_family;
    const auto own = AddressOf(family, message.id.idiag_src, listener_.port);
    if (message.idiag_state == static_cast<std::uint8_t>(TcpState::kListen)) {
      listeners_.push_back(own);
      return;
    }
    ++looked_at_;
    const auto peer = AddressOf(family, message.id.idiag_dst, ntohs(message.id.idiag_dport));
    if (message.idiag_inode == 0 || !IsOfListener(own) || std::ranges::count(ours_, peer) > 0) {
      return;
    }
    ++found_.seen;
    tcp_info info{};
    if (!FindInfo(body + sizeof message, size - sizeof message, info)) return;
    if (message.idiag_rqueue == 0) Newest(found_.newest_read, info.tcpi_last_data_recv);
    // Before the first byte is sent the kernel counts from its own start.
    if (info.tcpi_data_segs_out > 0) Newest(found_.newest_answer, info.tcpi_last_data_sent);
  }

  // A port may have one listener for each address, and each may be another program.
  bool IsOfListener(const SocketAddress& own) const {
    const auto listens = [&](const SocketAddress& address) {
      return std::ranges::count(listeners_, address) > 0;
    };
    return listens(listener_) ? own == listener_ : !listens(own);
  }

  static bool FindInfo(const char* at, std::size_t left, tcp_info& info) {
    rtattr attribute{};
    while (left >= sizeof attribute) {
      std::memcpy(&attribute, at, sizeof attribute);
      if (attribute.rta_len < sizeof attribute || attribute.rta_len > left) return false;
      if (attribute.rta_type == INET_DIAG_INFO) {
        const std::size_t size = attribute.rta_len - RTA_LENGTH(0);
        if (size < offsetof(tcp_info, tcpi_data_segs_out) + sizeof info.tcpi_data_segs_out) {
          return false;
        }
        std::memcpy(&info, at + RTA_LENGTH(0), std::min(size, sizeof info));
        return true;
      }
      const std::size_t step = std::min<std::size_t>(RTA_ALIGN(attribute.rta_len), left);
      at += step;
      left -= step;
    }
    return false;
  }

  static void Newest(std::optional<Duration>& newest, std::uint32_t ago_ms) {
    const Duration ago = std::chrono::milliseconds(ago_ms);
    newest = newest ? std::min(*newest, ago) : ago;
  }

  const SocketAddress& listener_;
  const std::vector<SocketAddress>& ours_;
  const std::uint32_t most_;
  const std::chrono::steady_clock::time_point give_up_at_ =
      std::chrono::steady_clock::now() + kLongest;
  std::vector<SocketAddress> listeners_;
  std::uint32_t looked_at_ = 0;
  Bystanders found_;
};

}  // namespace

Bystanders LookAtBystanders(const SocketAddress& listener, const std::vector<SocketAddress>& ours,
                            std::uint32_t most) {
  Look look(listener, ours, most);
  bool complete = true;
  // IPv4 clients of a listener on "::" are among those of IPv6, as mapped addresses.
  for (const int family : {AF_INET, AF_INET6}) {
    if (!look.SeenEnough()) complete = look.Dump(family) && complete;
  }
  look.found().complete = complete || look.SeenEnough();
  return look.found();
}

}  // namespace vitals::mqtt

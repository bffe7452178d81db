#include "probes/mqtt/bystanders.h"

#include <linux/rtnetlink.h>
#include <linux/tcp.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "probes/mqtt/listener_ports.h"
#include "probes/mqtt/socket_dump.h"
#include "probes/mqtt/socket_table.h"

namespace vitals::mqtt {
namespace {

constexpr Duration kLongest = std::chrono::milliseconds(200);
// One that was served so shortly ago answers the question: the rest need not be looked at.
constexpr Duration kThisMoment = std::chrono::seconds(1);

class Look {
 public:
  Look(const SocketAddress& listener, const std::vector<SocketAddress>& ours, std::uint32_t most)
      : listener_(listener), ours_(ours), most_(most) {}

  // False: the kernel refused, or the look was cut short.
  bool Dump(int family) {
    const bool whole = DumpSockets(
        {family, listener_.port, true, give_up_at_},
        [this](const DumpedSocket& socket) { Count(socket); },
        [this] { return SeenEnough() || looked_at_ > most_; });
    return whole && (SeenEnough() || looked_at_ <= most_);
  }

  bool SeenEnough() const { return found_.newest_read && *found_.newest_read < kThisMoment; }
  Bystanders& found() { return found_; }

 private:
  void Count(const DumpedSocket& socket) {
    const inet_diag_msg& message = socket.message;
    if (message.idiag_state == static_cast<std::uint8_t>(TcpState::kListen)) {
      return ports_.Learn(socket.own);
    }
    ++looked_at_;
    if (message.idiag_inode == 0 || !ports_.BelongsTo(listener_, socket.own) ||
        std::ranges::count(ours_, socket.remote) > 0) {
      return;
    }
    ++found_.seen;
    tcp_info info{};
    if (!FindInfo(socket.attributes.data(), socket.attributes.size(), info)) return;
    if (message.idiag_rqueue == 0) Newest(found_.newest_read, info.tcpi_last_data_recv);
    // Before the first byte is sent the kernel counts from its own start.
    if (info.tcpi_data_segs_out > 0) Newest(found_.newest_answer, info.tcpi_last_data_sent);
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
  const Time give_up_at_ = std::chrono::steady_clock::now() + kLongest;
  ListenerPorts ports_;
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

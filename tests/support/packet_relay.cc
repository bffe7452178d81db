#include "tests/support/packet_relay.h"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

namespace vitals {
namespace {

constexpr std::size_t kAddresses = 12;  // of an IPv4 header: the source, then the destination
constexpr std::size_t kFlags = 13;      // of a TCP header
constexpr char kSynAck = 0x12;

bool IsSynAck(const char* packet, std::size_t size) {
  const std::size_t header = 4u * (static_cast<unsigned char>(packet[0]) & 0x0F);
  return size > header + kFlags && (packet[header + kFlags] & kSynAck) == kSynAck;
}

}  // namespace

PacketRelay::PacketRelay(Duration syn_delay)
    : syn_delay_(syn_delay), stop_(::eventfd(0, EFD_CLOEXEC)) {
  if (Open()) thread_ = std::thread([this] { Run(); });
}

PacketRelay::~PacketRelay() {
  ::eventfd_write(stop_.get(), 1);
  if (thread_.joinable()) thread_.join();
}

bool PacketRelay::Open() {
  tunnel_ = Fd(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
  ifreq wanted{};
  wanted.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (!tunnel_ || ::ioctl(tunnel_.get(), TUNSETIFF, &wanted) != 0) return false;
  const std::string device = wanted.ifr_name;
  const std::string up = "ip address add " + std::string(kHere) + "/24 dev " + device +
                         " && ip link set " + device + " up";
  return std::system(up.c_str()) == 0;
}

void PacketRelay::Run() {
  std::array<char, 64 * 1024> packet;
  for (;;) {
    pollfd waits[] = {{tunnel_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
    ::poll(waits, 2, -1);
    if (waits[1].revents != 0) return;
    const ssize_t size = ::read(tunnel_.get(), packet.data(), packet.size());
    const Time came = std::chrono::steady_clock::now();
    if (size < 20 || packet[0] >> 4 != 4) continue;
    // Sums do not mind the order of what they sum up: both checksums stay right.
    char* const source = packet.data() + kAddresses;
    std::swap_ranges(source, source + 4, source + 4);
    if (IsSynAck(packet.data(), static_cast<std::size_t>(size))) {
      std::this_thread::sleep_for(syn_delay_);
      const std::lock_guard lock(mutex_);
      delays_.push_back(std::chrono::steady_clock::now() - came);
    }
    if (::write(tunnel_.get(), packet.data(), static_cast<std::size_t>(size)) < 0) return;
  }
}

std::vector<Duration> PacketRelay::Delays() const {
  const std::lock_guard lock(mutex_);
  return delays_;
}

}  // namespace vitals

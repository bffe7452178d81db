#include "probes/mqtt/clients.h"

#include <algorithm>
#include <array>
#include <map>

#include "probes/mqtt/listener_ports.h"
#include "probes/mqtt/socket_dump.h"
#include "probes/mqtt/socket_table.h"

namespace vitals::mqtt {
namespace {

constexpr Duration kLongest = std::chrono::seconds(2);

// The clients of the listeners of one port.
class PortClients {
 public:
  PortClients(const std::vector<SocketAddress>& listeners, const std::vector<SocketAddress>& ours)
      : listeners_(listeners), ours_(ours) {}

  std::optional<std::uint32_t> Count(std::uint16_t port) {
    if (!ByNetlink(port)) {
      ports_ = {};
      count_ = 0;
      const bool read = ReadProcSockets(
          port, {}, [this](const auto& own, const auto& remote, const KernelSocket& socket) {
            Take(own, remote, socket.state);
            return true;
          });
      if (!read) return std::nullopt;
    }
    // A port without a listener is that of a broker elsewhere, or of one that has ended: then the
    // connections that it leaves behind are gone too.
    if (!ports_.any() && count_ == 0) return std::nullopt;
    return count_;
  }

 private:
  bool ByNetlink(std::uint16_t port) {
    const Time give_up_at = std::chrono::steady_clock::now() + kLongest;
    return std::ranges::all_of(std::array{AF_INET, AF_INET6}, [&](int family) {
      return DumpSockets(
          {family, port, false, give_up_at},
          [this](const DumpedSocket& one) { Take(one.own, one.remote, one.message.idiag_state); },
          [] { return false; });
    });
  }

  void Take(const SocketAddress& own, const SocketAddress& remote, std::uint8_t state) {
    if (state == static_cast<std::uint8_t>(TcpState::kListen)) return ports_.Learn(own);
    if (state != static_cast<std::uint8_t>(TcpState::kEstablished)) return;
    const bool wanted = std::ranges::any_of(
        listeners_, [&](const SocketAddress& listener) { return ports_.BelongsTo(listener, own); });
    if (wanted && std::ranges::count(ours_, remote) == 0) ++count_;
  }

  const std::vector<SocketAddress>& listeners_;
  const std::vector<SocketAddress>& ours_;
  ListenerPorts ports_;
  std::uint32_t count_ = 0;
};

}  // namespace

std::optional<std::uint32_t> CountClients(const std::vector<EndpointSettings>& endpoints,
                                          const std::vector<SocketAddress>& ours) {
  std::map<std::uint16_t, std::vector<SocketAddress>> ports;
  for (const EndpointSettings& endpoint : endpoints) {
    if (endpoint.IsUnix() || endpoint.via_proxy) continue;
    // A name that is not looked up here: any address, so all connections of its port.
    const auto address = MakeAddress(endpoint.host, endpoint.port);
    ports[endpoint.port].push_back(address.value_or(SocketAddress{{}, endpoint.port}));
  }
  std::optional<std::uint32_t> sum;
  for (const auto& [port, listeners] : ports) {
    const auto count = PortClients(listeners, ours).Count(port);
    if (count) sum = sum.value_or(0) + *count;
  }
  return sum;
}

}  // namespace vitals::mqtt

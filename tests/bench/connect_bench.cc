// What the listener probe adds to a connect: its stages tcp and connack beside the same two steps
// of a bare client, which blocks in connect, send and recv; in turn, to one Mosquitto, in one run.
//
//   connect_bench [CONNECTS]     default 2000
//
// Prints both, the difference and the ratio. Machines differ, so what it demands is the ratio of
// the medians; ends with 1 if it is not kept.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "agent/core/time.h"
#include "probes/mqtt/connect_once.h"
#include "probes/mqtt/wire.h"
#include "tests/support/mosquitto_broker.h"

namespace vitals::bench {
namespace {

constexpr double kMostRatio = 3;

// From socket to CONNACK; 0 if it failed.
double BareConnect(std::uint16_t port, const std::string& connect, const std::string& disconnect) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  char connack[4];
  const int on = 1;
  const Time start = std::chrono::steady_clock::now();
  const Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 ||
      ::send(fd.get(), connect.data(), connect.size(), MSG_NOSIGNAL) < 0 ||
      ::recv(fd.get(), connack, sizeof connack, MSG_WAITALL) != sizeof connack) {
    return 0;
  }
  const Duration took = std::chrono::steady_clock::now() - start;
  ::send(fd.get(), disconnect.data(), disconnect.size(), MSG_NOSIGNAL);
  return Seconds(took);
}

double ProbeConnect(const EndpointSettings& endpoint, const mqtt::Identity& identity) {
  mqtt::OwnSockets own_sockets;
  mqtt::KernelFarEnd far_end;
  const SystemClock clock;
  const auto all =
      mqtt::ConnectOnce({endpoint}, std::chrono::seconds(5), identity, own_sockets, far_end, clock);
  if (all.front().failure) return 0;
  const auto time = [&](Stage stage) {
    return Seconds(all.front().stages[static_cast<std::size_t>(stage)].value_or(Duration{}));
  };
  return time(Stage::kTcp) + time(Stage::kConnack);
}

double Microseconds(std::vector<double>& seconds, double share) {
  const auto rank = static_cast<std::size_t>(share * static_cast<double>(seconds.size() - 1));
  std::sort(seconds.begin(), seconds.end());
  return seconds[rank] * 1e6;
}

int Run(std::size_t connects) {
  MosquittoBroker broker({.extra = "log_type none\n"});
  if (const auto started = broker.Start(); !started) {
    std::fprintf(stderr, "%s\n", started.error().ToString().c_str());
    return 1;
  }
  EndpointSettings endpoint;
  endpoint.port = broker.port();
  endpoint.mqtt_version = 4;
  const mqtt::Identity identity = mqtt::MakeIdentity();
  mqtt::ConnectOptions options;
  options.client_id = mqtt::ClientId(identity, 'b', 0);
  const std::string connect = mqtt::EncodeConnect(options);
  const std::string disconnect = mqtt::EncodeDisconnect();
  std::vector<double> bare, probe;
  for (std::size_t i = 0; i < connects; ++i) {
    bare.push_back(BareConnect(broker.port(), connect, disconnect));
    probe.push_back(ProbeConnect(endpoint, identity));
    if (bare.back() == 0 || probe.back() == 0) {
      std::fprintf(stderr, "connect %zu failed\n", i);
      return 1;
    }
  }
  std::printf("%zu connects, us from TCP to CONNACK %10s %10s\n", connects, "p50", "p99");
  const double bare_p50 = Microseconds(bare, 0.5);
  const double probe_p50 = Microseconds(probe, 0.5);
  std::printf("%-38s %12.1f %10.1f\n", "bare client, blocking", bare_p50, Microseconds(bare, 0.99));
  std::printf("%-38s %12.1f %10.1f\n", "listener probe", probe_p50, Microseconds(probe, 0.99));
  std::printf("overhead %.1f us, ratio %.2f (at most %.0f)\n", probe_p50 - bare_p50,
              probe_p50 / bare_p50, kMostRatio);
  return probe_p50 / bare_p50 <= kMostRatio ? 0 : 1;
}

}  // namespace
}  // namespace vitals::bench

int main(int argc, char** argv) {
  return vitals::bench::Run(argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 2000);
}

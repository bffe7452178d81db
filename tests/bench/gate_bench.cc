// The gate under attack, and a plain cpp-httplib server under the same attack in the same run: a
// thousand probes a second, as the kubelet sends them, while strangers crowd both ports of the
// agent.
//
//   gate_bench [SECONDS]      how long each of the two is attacked, default 5
//
// Prints a table; ends with 1 if the gate failed one probe, or was not far better than the other.
#include <httplib.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "tests/bench/attack.h"
#include "tests/support/agent_process.h"
#include "tests/support/free_port.h"
#include "tests/support/kubelet_prober.h"
#include "tests/support/mosquitto_broker.h"
#include "tests/support/wait.h"

namespace vitals::bench {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

// What a service does that answers probes by a common library. A process of its own, as the gate
// is; it dies with this one.
class PlainServer {
 public:
  explicit PlainServer(std::uint16_t port) : pid_(::fork()) {
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    httplib::Server server;
    for (const char* path : {"/livez", "/readyz"}) {
      server.Get(path, [](const httplib::Request&, httplib::Response& response) {
        response.set_content("ok", "text/plain");
      });
    }
    server.listen("127.0.0.1", port);
    std::_Exit(1);
  }
  ~PlainServer() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

 private:
  const pid_t pid_;
};

struct Row {
  std::uint64_t asked = 0;
  std::uint64_t failed = 0;  // answered otherwise, or not at all
  double p50_ms = 0, p99_ms = 0;
};

// 500 probes a second on either path, while `attacked` ports are under attack.
Row Probe(const char* name, std::uint16_t port, std::initializer_list<std::uint16_t> attacked,
          Duration span) {
  std::vector<std::unique_ptr<Attack>> attacks;
  for (const auto one : attacked) attacks.push_back(std::make_unique<Attack>(one));
  for (const auto& attack : attacks) attack->AwaitCrowd();
  KubeletProber live(port, "/livez", 2ms);
  KubeletProber ready(port, "/readyz", 2ms);
  std::this_thread::sleep_for(span);
  live.Stop();
  ready.Stop();
  Row row{live.asked() + ready.asked(),
          live.failed() + live.silent() + ready.failed() + ready.silent(),
          1e3 * Seconds(std::max(live.Percentile(0.5), ready.Percentile(0.5))),
          1e3 * Seconds(std::max(live.Percentile(0.99), ready.Percentile(0.99)))};
  std::uint64_t connections = 0;
  for (const auto& attack : attacks) connections += attack->connections();
  std::printf("%-30s %8llu %8llu %10.2f %10.2f %12llu\n", name,
              static_cast<unsigned long long>(row.asked),
              static_cast<unsigned long long>(row.failed), row.p50_ms, row.p99_ms,
              static_cast<unsigned long long>(connections));
  std::fflush(stdout);
  return row;
}

int Demand(const char* what, bool kept) {
  std::printf("%s: %s\n", kept ? "kept" : "NOT KEPT", what);
  return kept ? 0 : 1;
}

int Run(Duration span) {
  const auto plain_port = FreePort();
  const PlainServer plain(plain_port);  // before there are threads
  MosquittoBroker broker;
  if (const auto started = broker.Start(); !started) {
    std::fprintf(stderr, "gate_bench: %s\n", started.error().ToString().c_str());
    return 1;
  }
  AgentProcess agent({"--broker", "mqtt://127.0.0.1:" + std::to_string(broker.port()), "--log",
                      broker.log().string()});
  if (!agent.Start() || !agent.WaitReady(20s)) {
    std::fprintf(stderr, "gate_bench: %s\n", agent.Story().c_str());
    return 1;
  }
  if (!WaitUntil(5s, [&] { return KubeletGet(plain_port, "/livez").status == 200; })) return 1;

  std::printf("%-30s %8s %8s %10s %10s %12s\n", "", "probes", "failed", "p50 ms", "p99 ms",
              "attackers");
  Probe("cpp-httplib, left alone", plain_port, {}, span);
  const Row quiet = Probe("gate, left alone", agent.probe_port(), {}, span);
  const Row plain_row = Probe("cpp-httplib, attacked", plain_port, {plain_port}, span);
  const Row gate = Probe("gate, both ports attacked", agent.probe_port(),
                         {agent.probe_port(), agent.web_port()}, span);
  std::printf("\n");
  return Demand("no probe of the gate fails", gate.failed == 0 && quiet.failed == 0) +
                     Demand("its p99 is at most a tenth of the other's",
                            10 * gate.p99_ms <= plain_row.p99_ms) +
                     Demand("the attack is one: the other loses probes", plain_row.failed > 0) +
                     Demand("the agent ends as it should", agent.Stop() == 0) ==
                 0
             ? 0
             : 1;
}

}  // namespace
}  // namespace vitals::bench

int main(int argc, char** argv) {
  const int seconds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 5;
  return vitals::bench::Run(std::chrono::seconds(seconds));
}

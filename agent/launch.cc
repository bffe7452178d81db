#include "agent/launch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "agent/config/flags.h"
#include "agent/config_in_force.h"
#include "agent/config_keeper.h"
#include "agent/control/control_socket.h"
#include "agent/core/listen.h"
#include "agent/gate/page.h"
#include "agent/gate/responder.h"
#include "agent/http/web_server.h"

namespace vitals {
namespace {

// The longest of the shipped profiles. Which profile it is only the worker will know, and this
// bounds a boot that no worker ever saw.
constexpr Duration kLongestBoot = std::chrono::minutes(15);

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kLimitMemory = false;  // their shadow memory is of another order
#else
constexpr bool kLimitMemory = true;
#endif

void Copy(const Fd& listener, std::array<char, 64>* text) {
  const std::string address = BoundAddress(listener.get()).ToString();
  std::copy_n(address.begin(), std::min(address.size(), text->size() - 1), text->begin());
}

GateOrders Orders(const Settings& settings, const Fd& probe, const Fd& check, bool control) {
  GateOrders orders;
  orders.hold = settings.gate_hold;
  orders.boot_max = settings.policy.boot_max.value_or(kLongestBoot);
  orders.linger = settings.linger;
  orders.limit_memory = kLimitMemory;
  orders.control = control;
  Copy(probe, &orders.probe_address);
  if (check) Copy(check, &orders.check_address);
  return orders;
}

// Onto the numbers that the gate expects. By way of high ones: one may sit where another belongs.
bool PassOn(std::vector<std::pair<int, int>> descriptors) {
  constexpr int kHigh = 16;
  for (auto& [from, to] : descriptors) from = ::fcntl(from, F_DUPFD_CLOEXEC, kHigh);
  return std::all_of(descriptors.begin(), descriptors.end(),
                     [](const auto& pair) { return ::dup2(pair.first, pair.second) >= 0; });
}

std::vector<char*> GateCommand(std::string& gate, std::string& self, std::string& worker,
                               char* const* argv) {
  std::vector<char*> command{gate.data(), self.data()};
  bool named = false;
  for (char* const* arg = argv + 1; *arg != nullptr; ++arg) {
    const bool is_run = !named && std::strcmp(*arg, "run") == 0;
    named = named || is_run;
    command.push_back(is_run ? worker.data() : *arg);
  }
  command.push_back(nullptr);
  return command;
}

}  // namespace

Error Launch(const StartConfig& start, char* const* argv) {
  const Settings& settings = start.settings;
  auto probe = ListenTcp(settings.probe_listen, Responder::kBacklog, "--probe-listen");
  if (!probe) return probe.error();
  auto web = ListenTcp(settings.web_listen, WebServer::kBacklog, "--web-listen");
  if (!web) return web.error();
  Result<Fd> check;
  if (settings.agent_check) {
    check = ListenTcp(*settings.agent_check, Responder::kBacklog, "agent_check.listen");
    if (!check) return check.error();
  }
  const std::string path = ControlPath(settings.control_socket, settings.state_dir);
  Result<Fd> control;
  if (!path.empty()) control = ListenOnControl(path);
  if (!control) return control.error();
  auto page = PageMapping::Create(Orders(settings, *probe, *check, control->valid()));
  if (!page) return page.error();
  const auto config = ConfigInForce::Make(start.texts);
  if (!config) return config.error();
  (*page)->config_since.store(SystemClock().Wall().time_since_epoch().count());
  (*page)->config_trouble.Write(Summary(start.wrong));

  std::error_code broken;
  const auto here = std::filesystem::read_symlink("/proc/self/exe", broken);
  if (broken) return {"can't find out where this program lies: " + broken.message(), "/proc", {}};
  std::string self = here.string();
  std::string gate = (here.parent_path() / "mqtt-vitals-gate").string();
  std::string worker = kWorkerCommand;
  const auto command = GateCommand(gate, self, worker, argv);

  // What comes from now on waits until the gate takes it.
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  std::vector<std::pair<int, int>> descriptors = {{page->fd(), kPageFd},
                                                  {probe->get(), kProbeFd},
                                                  {web->get(), kWebFd},
                                                  {(*config)[0].get(), kConfigFds[0]},
                                                  {(*config)[1].get(), kConfigFds[1]}};
  if (*check) descriptors.emplace_back(check->get(), kCheckFd);
  if (*control) descriptors.emplace_back(control->get(), kControlFd);
  if (PassOn(std::move(descriptors))) {
    ::execv(command.front(), command.data());
  }
  return {std::string("can't start: ") + std::strerror(errno), gate,
          "install mqtt-vitals-gate in the folder of mqtt-vitals"};
}

}  // namespace vitals

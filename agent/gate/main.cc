// The program mqtt-vitals-gate. It is started by `mqtt-vitals run` only, which passes it the page,
// the probe port and the web port as descriptors, and the worker's command line as arguments.
#include <fcntl.h>

#include <cstdio>
#include <utility>

#include "agent/gate/gate.h"

namespace {

int Complain(const vitals::Error& error) {
  std::fprintf(stderr, "mqtt-vitals-gate: %s\n", error.ToString().c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    return Complain({"needs what 'mqtt-vitals run' passes to it", {}, "run 'mqtt-vitals run'"});
  }
  const auto page = vitals::PageMapping::Open(vitals::kPageFd);
  if (!page) return Complain(page.error());
  vitals::Responder::Listeners listeners{vitals::Fd(vitals::kProbeFd), {}};
  if ((*page)->orders.check_address[0] != 0) listeners.agent_check = vitals::Fd(vitals::kCheckFd);
  for (const int fd :
       {listeners.probe.get(), listeners.agent_check.get(), vitals::kWebFd, vitals::kControlFd}) {
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  const auto code = vitals::RunGate(*page, std::move(listeners), argv + 1);
  return code ? *code : Complain(code.error());
}

// ControlServer: hears the commands of people and hooks on the control socket, one after the other,
// and answers each. It decides nothing: what a command does is its handler's work.
//
// Owned by the app; a thread of its own, which calls the handler. A client that dawdles has a
// deadline, and others wait for so long. Only the agent's own user and root are heard (SO_PEERCRED,
// unix(7)).
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "agent/control/protocol.h"
#include "agent/core/fd.h"

namespace vitals {

class ControlServer {
 public:
  // `by` names who asks: "uid 1000, pid 42".
  using Handler =
      std::function<ControlAnswer(const ControlRequest& request, const std::string& by)>;

  // `listener`: non-blocking, in state LISTEN.
  ControlServer(Fd listener, Handler handler, Duration deadline = std::chrono::seconds(1));
  ~ControlServer() { Stop(); }

  void Start();
  void Stop();

 private:
  void Run(const std::stop_token& stop);
  void Serve(const Fd& client);

  const Fd listener_;
  const Handler handler_;
  const Duration deadline_;
  const Fd wake_;
  std::jthread thread_;
};

}  // namespace vitals

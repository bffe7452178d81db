// The control socket as a file: where it lies, how the agent takes it, how a command finds it. A
// unix socket of mode 0600, so only the agent's user and root reach it (unix(7)); the server looks
// at the peer's credentials as well.
//
// ListenOnControl: the launcher, before any thread starts (it sets the umask). The others: any
// thread. A path longer than sun_path is reached by way of its folder's descriptor.
#pragma once

#include <string>

#include "agent/core/fd.h"
#include "agent/core/result.h"
#include "agent/core/settings.h"

namespace vitals {

// control.socket, else control.sock in state.dir, else in /run/mqtt-vitals where that is a folder;
// empty = there is none.
std::string ControlPath(const std::string& control_socket, const std::string& state_dir);

// Non-blocking, close-on-exec, in state LISTEN. A socket that an agent has left behind is replaced;
// one on which somebody listens is an error. Makes the folder where there is none.
Result<Fd> ListenOnControl(const std::string& path);

// Blocking, with `limit` for each read and write.
Result<Fd> ConnectToControl(const std::string& path, Duration limit);

}  // namespace vitals

// The client's end of the control socket: connect, ask, hear the answer.
//
// Called by the commands of the command line, on their one thread. Waits for as long as `limit`
// for each of the three: a worker that is being restarted leaves the question in the backlog until
// its successor answers.
#pragma once

#include <string>

#include "agent/control/protocol.h"

namespace vitals {

Result<ControlAnswer> AskAgent(const std::string& path, const ControlRequest& request,
                               Duration limit = std::chrono::seconds(10));

}  // namespace vitals

// What an errno of connect(2), recv(2) or send(2) means in the closed list of reasons.
//
// Pure functions; any thread. Sources: connect(2), tcp(7), RFC 9293 sections 3.5.2 and 3.10.7.
#pragma once

#include <string>

#include "agent/core/failure.h"

namespace vitals::mqtt {

FailReason ReasonOfConnectError(int error);
// After the connection stood.
FailReason ReasonOfStreamError(int error);
// The same for a unix socket (unix(7)): a full accept queue and a missing file have errors of their
// own there.
FailReason ReasonOfUnixConnectError(int error);
std::string ErrorText(int error);

}  // namespace vitals::mqtt

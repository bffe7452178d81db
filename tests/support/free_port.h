// A TCP port of 127.0.0.1 on which nobody listens. The kernel hands out another one for each call,
// so that two tests which ask at the same time do not meet; a server must bind it soon. Or a test
// takes it: a socket that listens there.
#pragma once

#include <cstdint>

#include "agent/core/fd.h"

namespace vitals {

std::uint16_t FreePort();
Fd TakePort(std::uint16_t port);

}  // namespace vitals

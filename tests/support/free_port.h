// A TCP port of 127.0.0.1 on which nobody listens, and on which nobody will: it lies below those
// that the kernel hands out to connecting clients (ip_local_port_range), and no other program of
// the tests gets the same one while this one runs. Or a test takes it: a socket that listens there.
// Any thread.
#pragma once

#include <cstdint>

#include "agent/core/fd.h"

namespace vitals {

std::uint16_t FreePort();
Fd TakePort(std::uint16_t port);

}  // namespace vitals

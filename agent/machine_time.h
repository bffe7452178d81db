// The machine's own time, from the kernel: /proc/sys/kernel/random/boot_id and CLOCK_BOOTTIME.
// Any thread. The boot_id is empty where /proc hides it; then nothing saved is ever taken back.
#pragma once

#include "agent/core/time.h"

namespace vitals {

MachineTime ReadMachineTime();

}  // namespace vitals

// What the agent itself uses, read from /proc/self (proc(5)): the usual process_* metrics.
//
// A free function, any thread. It opens a few files of procfs and never blocks on anything else;
// what can't be read is 0.
#pragma once

namespace vitals {

struct ProcessUsage {
  double cpu_seconds = 0;
  double resident_bytes = 0;
  double open_fds = 0;
  double threads = 0;
  double start_time = 0;  // Unix time
};

ProcessUsage ReadProcessUsage();

}  // namespace vitals

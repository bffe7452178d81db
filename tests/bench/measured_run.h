// Runs a program on one core and measures what it took: the time from fork to end, CPU time (user
// and system) and the most memory it had, by wait4(2). One thread.
//
// The kernel counts the memory of the parent at exec(2) as the child's, so the parent stays small.
#pragma once

#include <string>
#include <vector>

namespace vitals::bench {

struct Run {
  int code = -1;  // exit code; 128 + N: signal N; 127: not found
  double wall_s = 0;
  double cpu_s = 0;
  double rss_mib = 0;
  std::string out;  // the first 64 KiB of stdout
};

// `args[0]` is searched in PATH. stderr goes to /dev/null.
Run MeasuredRun(const std::vector<std::string>& args);

}  // namespace vitals::bench

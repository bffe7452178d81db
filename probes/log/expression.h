// How this folder uses RE2: on bytes, quiet, and each expression within 1 MiB. Private to
// probes/log.
#pragma once

#include <re2/re2.h>

namespace vitals {

inline RE2::Options ExpressionOptions() {
  RE2::Options options(RE2::Latin1);
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  return options;
}

}  // namespace vitals

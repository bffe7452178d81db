// Tells whether a line of a log is a warning or worse, for `rules test`: such a line that no rule
// matches may be one that a rule should know. It takes the level in the line where the format has
// one, else its wording: the first word near the start that names a level counts, so that "INFO ...
// error handler installed" is no warning and "Error: Address already in use" is one.
//
// Built once, then only read: any thread may ask. Never allocates while asked.
#pragma once

#include <string_view>

#include "probes/log/skip_scan.h"

namespace vitals {

class LevelReader {
 public:
  LevelReader();
  bool IsWarning(std::string_view line) const;

 private:
  SkipScan first_test_;
};

}  // namespace vitals

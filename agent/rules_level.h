// Tells whether a line of a log is a warning or worse, for `rules test`: such a line that no rule
// matches may be one that a rule should know. It takes the level in the line where the format has
// one, else its wording: the first word near the start that names a level counts, so that "INFO ...
// error handler installed" is no warning and "Error: Address already in use" is one. A line that
// begins with a blank goes on with the entry before it.
//
// Pure; any thread; never allocates. Asked for each line that matches nothing: it must be fast.
#pragma once

#include <string_view>

namespace vitals {

bool IsWarning(std::string_view line);

}  // namespace vitals

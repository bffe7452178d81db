// A grade on the status page: a sign, a word and a colour, so that no meaning hangs on the colour
// alone. Pure, any thread.
#pragma once

#include <string>
#include <string_view>

#include "agent/http/grade.h"

namespace vitals {

// Class of the style sheet: good, notice, bad, unknown.
std::string_view GradeClass(Grade grade);

// <span class="chip bad"><span aria-hidden="true">✕</span> WORD</span>
std::string Chip(Grade grade, std::string_view word);

}  // namespace vitals

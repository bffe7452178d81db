// The gate's own log lines: the same JSON as agent/log writes, without its library and its thread.
// For what the worker can not tell, because it is dead.
//
// The gate's thread only. A line that the reader of stdout does not take at once is lost: answering
// goes first.
#pragma once

#include <string_view>

namespace vitals {

// `fields` is the inside of a JSON object, or empty: "\"signal\":9".
void GateLog(std::string_view level, std::string_view text, std::string_view fields);

}  // namespace vitals

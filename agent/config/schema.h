// ConfigSchema: the JSON Schema (draft 2020-12) of the configuration file, made from the table of
// keys, for editors and for checks in a pipeline. Pure, any thread.
#pragma once

#include <string>

namespace vitals {

// Indented JSON with a newline at its end.
std::string ConfigSchema();

}  // namespace vitals

// ConfigTexts: the files that a configuration is made of (the configuration file, a profile file of
// one's own), by their paths. Load takes them from disk or from such a copy: so a worker can begin
// with the configuration that was good, whatever has become of the files since. Secrets are no part
// of it; they are read by path each time.
//
// Plain values; any thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "agent/core/result.h"

namespace vitals {

using ConfigTexts = std::map<std::string, std::string>;

// The text of the file of this path, or why there is none.
using ReadConfigFile = std::function<Result<std::string>(const std::string& path)>;

// Reads from disk; what was read is kept in `taken`, if that is given.
ReadConfigFile ConfigFromDisk(ConfigTexts* taken = nullptr);
// `texts` must outlive it.
ReadConfigFile ConfigFrom(const ConfigTexts& texts);

// As one JSON text, and back.
std::string Encode(const ConfigTexts& texts);
Result<ConfigTexts> DecodeConfigTexts(std::string_view text);

}  // namespace vitals

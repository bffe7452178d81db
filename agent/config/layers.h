// The layers of a configuration, lowest first: file, environment, flags. Each writes what it gives
// over what is there, notes where that came from and complains about what it can't take.
//
// Called by Load, on its thread; the environment is passed in, never read from the process.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/config/complaints.h"
#include "agent/config/config.h"
#include "agent/config/flags.h"
#include "agent/config/yaml_reader.h"

namespace vitals {

// NAME=VALUE, as in environ(7).
using Environment = std::vector<std::string>;

struct Layers {
  Config config;
  Origins origins;
  Complaints complaints;
  std::vector<std::string> warnings;
};

void ApplyFile(const Node& root, std::string_view file, Layers& layers);
void ApplyEnvironment(const Environment& environment, Layers& layers);
void ApplyFlags(const Flags& flags, Layers& layers);

}  // namespace vitals

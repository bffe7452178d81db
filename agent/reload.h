// Reads the configuration for an agent that starts, and anew for one that runs: it is taken whole
// or not at all. Where the files are bad, a start falls back to the last good copy in the state
// folder; what the gate can not change under way, a reload refuses.
//
// Any thread, one at a time; reads files; changes nothing.
#pragma once

#include "agent/config/config_texts.h"
#include "agent/config/flags.h"
#include "agent/config/load.h"

namespace vitals {

// What an agent begins with.
struct StartConfig {
  Settings settings;
  ConfigTexts texts;
  Errors wrong;  // with the files as they are: then settings and texts are the last good ones
};

// The launcher's: of the profiles only the one that is named is read. The errors: there is nothing
// to begin with.
tl::expected<StartConfig, Errors> ReadForStart(const Flags& flags, const Environment& environment);

// Everything that keeps this configuration from being loaded; profiles included.
tl::expected<Loaded, Errors> LoadWhole(const Flags& flags, const Environment& environment,
                                       const ReadConfigFile& read);

// The files as they are now. `in_force`: what this agent was started with.
tl::expected<ConfigTexts, Errors> ReadAnew(const Flags& flags, const Environment& environment,
                                           const Settings& in_force);

}  // namespace vitals

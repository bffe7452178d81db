// Load: the whole configuration, from defaults, file, environment and flags, checked. What comes
// out can be used as it is; what is wrong is reported all at once.
//
// Reads the files that are named in it (configuration, passwords, profile). Called before any
// thread starts and on reload, by one thread; keeps nothing.
#pragma once

#include <string>
#include <vector>

#include "agent/config/config.h"
#include "agent/config/config_texts.h"
#include "agent/config/flags.h"
#include "agent/config/layers.h"
#include "agent/config/profile_store.h"
#include "agent/core/result.h"
#include "agent/core/settings.h"

namespace vitals {

struct Loaded {
  Settings settings;
  Profiles profiles;                  // as FindProfiles gives them; never empty
  std::vector<std::string> warnings;  // for people, nothing that stops a start
  Config config;                      // for PrintConfig
};

// `read`: where the texts of configuration and profile files come from.
tl::expected<Loaded, Errors> Load(const Flags& flags, const Environment& environment,
                                  const ReadConfigFile& read = ConfigFromDisk());

// The same without the profiles: for who only needs to know where to listen.
tl::expected<Settings, Errors> LoadSettings(const Flags& flags, const Environment& environment,
                                            const ReadConfigFile& read = ConfigFromDisk());

// Where an agent of this configuration keeps its state and takes commands, as far as that can be
// read: mistakes elsewhere do not matter to who only wants to reach it.
struct AgentPlaces {
  std::string state_dir, control_socket;
};
AgentPlaces FindPlaces(const Flags& flags, const Environment& environment);

}  // namespace vitals

// ConfigKeeper: a running agent's hold on its configuration. It reads the files anew when it is
// asked to; a good configuration goes to where the next worker finds it, of a bad one it says what
// is wrong, and the one in force stays.
//
// Owned by the app. Any thread may call it; one reads at a time.
#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "agent/config/flags.h"
#include "agent/config/load.h"
#include "agent/core/evidence.h"
#include "agent/gate/page.h"

namespace vitals {

class ConfigKeeper {
 public:
  // `in_force`: what this worker runs with, which must outlive it.
  ConfigKeeper(Page& page, Flags flags, Environment environment, const Settings& in_force)
      : page_(page),
        flags_(std::move(flags)),
        environment_(std::move(environment)),
        in_force_(in_force) {}

  // Nothing: the configuration was good, and the next worker begins with it.
  Errors Reload(WallTime now);

  // At the worker's start: a configuration that came from good files is kept for the next agent.
  Result<void> KeepOnDisk();

  // As the judge and the metrics are to know it.
  ConfigurationRead Now() const;

 private:
  Page& page_;
  const Flags flags_;
  const Environment environment_;
  const Settings& in_force_;
  std::mutex mutex_;
};

// One line for people from all that is wrong.
std::string Summary(const Errors& errors);

}  // namespace vitals

// The configuration in force, as every worker gets it: a copy of its files in memory that launcher,
// gate and workers share (two memfds, of which the page names the one that counts). A file that is
// edited, half written or deleted changes nothing until `reload` has found it good. With a state
// folder the newest good copy lies there too, for an agent that starts with a bad file.
//
// Make, LastGood: the launcher. Read: a worker, before it has threads. Replace, KeepOnDisk: one
// thread of the worker at a time.
#pragma once

#include <array>
#include <string>

#include "agent/config/config_texts.h"
#include "agent/core/fd.h"
#include "agent/gate/page.h"

namespace vitals {

class ConfigInForce {
 public:
  static Result<std::array<Fd, 2>> Make(const ConfigTexts& texts);

  static Result<ConfigTexts> Read(const Page& page);
  // For workers that start from now on. A worker that dies in the middle has changed nothing.
  static Result<void> Replace(Page& page, const ConfigTexts& texts);

  // None without a state folder.
  static Result<void> KeepOnDisk(const std::string& state_dir, const ConfigTexts& texts);
  static Result<ConfigTexts> LastGood(const std::string& state_dir);
};

}  // namespace vitals

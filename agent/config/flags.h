// The command line: what to do, and the flags for the common case. The only place with CLI11; no
// exception of it gets out. docs/command-line.md lists the flags; a test compares it with FlagList.
//
// Called once, by main, before any thread starts. Reads no file and no environment.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/result.h"

namespace vitals {

// A flag that stands for one key of the configuration, as given.
struct FlagValue {
  std::string_view flag;  // "--web-listen"
  std::string_view key;   // "web.listen"
  std::string value;
};

struct Flags {
  std::string config;                // path; empty = no file
  std::vector<std::string> brokers;  // URLs; the first carries the round trip
  std::vector<std::string> logs;     // globs
  std::vector<FlagValue> values;
};

// Of `rules test`; `rules check` has one file only.
struct RulesFlags {
  std::string profile;             // a shipped profile, a path, or auto
  std::vector<std::string> files;  // "-" = standard input
  bool json = false;
  bool summary = false;  // nothing for each line
};

// Of `check`.
struct CheckFlags {
  bool json = false;
  bool round_trip = false;
  bool as_probe = false;  // for exec probes: 1 only for critical, else 0
  std::string timeout = "5s";
};

struct ReplayFlags {
  std::vector<std::string> files;  // recordings, folders of them, or logs of a broker
  std::string policy;              // its name, or a file with keys of it; empty = as recorded
  std::string profile;             // a shipped profile, a path, or auto; empty = as recorded, auto
  bool json = false;
};

// Of `drain`, `undrain`, `hold`, `release` and `reload`.
struct ControlFlags {
  bool wait = false;            // drain: until the clients have left ...
  std::string timeout = "30s";  // ... for at most so long
  std::string length;           // hold
  std::string reason;           // hold
};

enum class Subcommand : std::uint8_t {
  kRun,
  kCheck,
  kWorker,  // what `run` starts; not for people
  kConfigCheck,
  kConfigPrint,
  kConfigSchema,
  kRulesTest,
  kRulesCheck,
  kReplay,
  kDrain,
  kUndrain,
  kHold,
  kRelease,
  kReload,
  kVersion,
};

// Takes the flags of `run`.
inline constexpr const char* kWorkerCommand = "worker";

struct Invocation {
  Subcommand command = Subcommand::kRun;
  Flags flags;
  RulesFlags rules;
  CheckFlags check{};
  ReplayFlags replay = {};
  ControlFlags control = {};
};

// The program should end now: print the texts, return the code (0 for help, 2 for wrong usage, 3
// for wrong usage of check, where 2 would say that the broker is down).
struct Exit {
  int code = 0;
  std::string out, err;
};

tl::expected<Invocation, Exit> ParseCommandLine(int argc, const char* const* argv);

struct FlagInfo {
  std::string_view name;   // "--web-listen"
  std::string_view value;  // "ADDR:PORT"
  std::string_view key;    // the key that it sets; empty for --config
  bool repeatable;
  std::string_view help;
};
const std::vector<FlagInfo>& FlagList();

}  // namespace vitals

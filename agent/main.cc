// The command line of mqtt-vitals: parse, load, run, map the result to an exit code.
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <string>

#include "agent/app.h"
#include "agent/check.h"
#include "agent/config/flags.h"
#include "agent/config/load.h"
#include "agent/config/print.h"
#include "agent/config/schema.h"
#include "agent/control_command.h"
#include "agent/launch.h"
#include "agent/reload.h"
#include "agent/replay.h"
#include "agent/rules_check.h"
#include "agent/rules_test.h"

namespace {

void Print(std::FILE* to, const std::string& text) { std::fputs(text.c_str(), to); }

vitals::Environment ProcessEnvironment() {
  vitals::Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    environment.emplace_back(*entry);
  }
  return environment;
}

int Refuse(const vitals::Errors& errors) {
  for (const vitals::Error& error : errors) Print(stderr, error.ToString() + "\n");
  return vitals::kExitConfiguration;
}

int Launch(const vitals::Flags& flags, char** argv) {
  const auto start = vitals::ReadForStart(flags, ProcessEnvironment());
  if (!start) return Refuse(start.error());
  if (!start->wrong.empty()) {
    Refuse(start->wrong);
    Print(stderr, "mqtt-vitals: the last good configuration in the state folder is used\n");
  }
  Print(stderr, "mqtt-vitals: " + vitals::Launch(*start, argv).ToString() + "\n");
  return vitals::kExitRuntime;
}

int LookAtConfig(vitals::Subcommand command, const vitals::Flags& flags) {
  const auto loaded = vitals::LoadWhole(flags, ProcessEnvironment(), vitals::ConfigFromDisk());
  if (!loaded) return Refuse(loaded.error());
  for (const std::string& warning : loaded->warnings) Print(stderr, "warning: " + warning + "\n");
  Print(stdout, command == vitals::Subcommand::kConfigPrint ? vitals::PrintConfig(loaded->config)
                                                            : "the configuration is good\n");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto invocation = vitals::ParseCommandLine(argc, argv);
  if (!invocation) {
    Print(stdout, invocation.error().out);
    Print(stderr, invocation.error().err);
    return invocation.error().code;
  }
  switch (invocation->command) {
    case vitals::Subcommand::kVersion:
      Print(stdout, "mqtt-vitals " VITALS_VERSION "\n");
      return 0;
    case vitals::Subcommand::kConfigSchema:
      Print(stdout, vitals::ConfigSchema());
      return 0;
    case vitals::Subcommand::kCheck:
      return vitals::RunCheck(*invocation, ProcessEnvironment(), std::cout, std::cerr);
    case vitals::Subcommand::kRulesTest:
      return vitals::RunRulesTest(invocation->rules, std::cout, std::cerr);
    case vitals::Subcommand::kRulesCheck:
      return vitals::RunRulesCheck(invocation->rules.files.front(), std::cout, std::cerr);
    case vitals::Subcommand::kReplay:
      return vitals::RunReplay(invocation->replay, std::cout, std::cerr);
    case vitals::Subcommand::kDrain:
    case vitals::Subcommand::kUndrain:
    case vitals::Subcommand::kHold:
    case vitals::Subcommand::kRelease:
    case vitals::Subcommand::kReload:
      return vitals::RunControl(*invocation, ProcessEnvironment(), std::cout, std::cerr);
    case vitals::Subcommand::kRun:
      return Launch(invocation->flags, argv);
    case vitals::Subcommand::kWorker:
      return vitals::RunWorker(invocation->flags, ProcessEnvironment(), VITALS_VERSION);
    default:
      return LookAtConfig(invocation->command, invocation->flags);
  }
}

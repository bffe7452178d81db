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
#include "agent/replay.h"
#include "agent/rules_check.h"
#include "agent/rules_test.h"
#include "probes/log/matcher.h"

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
  const auto settings = vitals::LoadSettings(flags, ProcessEnvironment());
  if (!settings) return Refuse(settings.error());
  Print(stderr, "mqtt-vitals: " + vitals::Launch(*settings, argv).ToString() + "\n");
  return vitals::kExitRuntime;
}

int Run(vitals::Subcommand command, const vitals::Flags& flags) {
  auto loaded = vitals::Load(flags, ProcessEnvironment());
  if (!loaded) return Refuse(loaded.error());
  if (vitals::IsProfilePath(
          loaded->settings.profile)) {  // the tests have compiled the shipped ones
    const auto matcher = vitals::Matcher::Compile(loaded->profiles.front());
    if (!matcher) return Refuse(matcher.error());
    for (const std::string& id : matcher->rules_without_literal()) {
      loaded->warnings.push_back("rule '" + id + "' of " + loaded->settings.profile +
                                 " requires no fixed text of 3 or more bytes: it is tried on every "
                                 "line");
    }
  }
  if (command == vitals::Subcommand::kWorker) {
    return vitals::RunWorker(std::move(*loaded), VITALS_VERSION);
  }
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
    default:
      return Run(invocation->command, invocation->flags);
  }
}

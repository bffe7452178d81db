#include "agent/reload.h"

#include <string>
#include <utility>

#include "agent/config_in_force.h"
#include "probes/log/matcher.h"

namespace vitals {
namespace {

// Sockets that launcher and gate hold, and what the gate was told at its start.
Errors NeedsRestart(const Settings& now, const Settings& next) {
  Errors errors;
  const auto check = [&](const char* key, bool same) {
    if (same) return;
    errors.push_back({std::string(key) + " can't change while the agent runs", key,
                      "restart the agent, or take the change back"});
  };
  check("probe.listen", next.probe_listen == now.probe_listen);
  check("web.listen", next.web_listen == now.web_listen);
  check("agent_check.listen", next.agent_check == now.agent_check);
  check("control.socket", next.control_socket == now.control_socket);
  check("state.dir", next.state_dir == now.state_dir);
  check("gate.hold", next.gate_hold == now.gate_hold);
  check("shutdown.linger", next.linger == now.linger);
  return errors;
}

tl::expected<Settings, Errors> LoadForStart(const Flags& flags, const Environment& environment,
                                            const ReadConfigFile& read) {
  auto settings = LoadSettings(flags, environment, read);
  if (!settings || settings->profile == "auto") return settings;
  return LoadWhole(flags, environment, read).map([](Loaded loaded) { return loaded.settings; });
}

}  // namespace

tl::expected<StartConfig, Errors> ReadForStart(const Flags& flags, const Environment& environment) {
  StartConfig start;
  auto settings = LoadForStart(flags, environment, ConfigFromDisk(&start.texts));
  if (!settings) {
    start.wrong = settings.error();
    auto kept = ConfigInForce::LastGood(FindPlaces(flags, environment).state_dir);
    if (!kept) return tl::unexpected(std::move(start.wrong));
    start.texts = std::move(*kept);
    settings = LoadForStart(flags, environment, ConfigFrom(start.texts));
    if (!settings) return tl::unexpected(std::move(start.wrong));
  }
  start.settings = std::move(*settings);
  return start;
}

tl::expected<Loaded, Errors> LoadWhole(const Flags& flags, const Environment& environment,
                                       const ReadConfigFile& read) {
  auto loaded = Load(flags, environment, read);
  if (!loaded) return loaded;
  // The tests have compiled the shipped ones.
  if (!IsProfilePath(loaded->settings.profile)) return loaded;
  const auto matcher = Matcher::Compile(loaded->profiles.front());
  if (!matcher) return tl::unexpected(matcher.error());
  for (const std::string& id : matcher->rules_without_literal()) {
    loaded->warnings.push_back("rule '" + id + "' of " + loaded->settings.profile +
                               " requires no fixed text of 3 or more bytes: it is tried on every "
                               "line");
  }
  return loaded;
}

tl::expected<ConfigTexts, Errors> ReadAnew(const Flags& flags, const Environment& environment,
                                           const Settings& in_force) {
  ConfigTexts texts;
  const auto loaded = LoadWhole(flags, environment, ConfigFromDisk(&texts));
  if (!loaded) return tl::unexpected(loaded.error());
  Errors errors = NeedsRestart(in_force, loaded->settings);
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return texts;
}

}  // namespace vitals

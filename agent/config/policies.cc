#include "agent/config/policies.h"

#include <algorithm>

#include "agent/config/keys.h"

namespace vitals {

std::span<const PolicyValue> ConservativePolicy() {
  static constexpr PolicyValue kValues[] = {
      {"policy.storage_fault", "flag"}, {"policy.liveness_window", "3m"},
      {"policy.on_unanswered", "off"},  {"policy.boot_stall", "5m"},
      {"policy.fail_after", "3"},       {"policy.recover_after", "5"},
      {"policy.kill_budget", "1"},
  };
  return kValues;
}

void ApplyPolicy(Layers& layers) {
  if (layers.config.settings.policy.name == PolicyName::kDefault) return;
  for (const PolicyValue& preset : ConservativePolicy()) {
    if (layers.origins.places.contains(preset.key)) continue;
    const auto key = std::ranges::find(ConfigKeys(), preset.key,
                                       [](const Key<Config>& one) { return one.Path(); });
    key->set(layers.config, preset.value);
  }
}

}  // namespace vitals

// The named policies: values for keys of section `policy` that nobody has given. `default` is what
// Settings say; docs/policies.md tells the differences, and a test compares.
//
// Called by Load, on its thread.
#pragma once

#include <span>
#include <string_view>

#include "agent/config/layers.h"

namespace vitals {

struct PolicyValue {
  std::string_view key;  // "policy.liveness_window"
  std::string_view value;
};

std::span<const PolicyValue> ConservativePolicy();

// After all layers: sets what the chosen policy says and no layer has given.
void ApplyPolicy(Layers& layers);

}  // namespace vitals

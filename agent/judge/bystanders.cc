#include "agent/judge/bystanders.h"

#include <optional>

namespace vitals {
namespace {

// Looks come every 10 s while an endpoint is silent.
constexpr Duration kFreshLook = std::chrono::seconds(15);
// Our last contact may be older than the broker's last deed by the pause between two rounds.
constexpr Duration kIntoSilence = std::chrono::seconds(5);

Others Ask(const State& state, Duration silence, Duration window,
           std::optional<Time> BystanderLook::* served_at) {
  const Time began = state.now - silence;
  bool complete = true;
  for (const Endpoint& endpoint : state.endpoints) {
    if (!endpoint.settings().wanted || endpoint.Refused()) continue;
    const auto& look = endpoint.others();
    const bool fresh = look && state.now - endpoint.others_at() <= kFreshLook;
    complete = complete && fresh && look->complete;
    if (!fresh) continue;
    const auto& served = *look.*served_at;
    if (served && *served > began + kIntoSilence && state.now - *served < window) {
      return Others::kServed;
    }
  }
  return complete ? Others::kSilent : Others::kUnknown;
}

}  // namespace

Others OthersAreRead(const State& state, Duration silence, Duration window) {
  return Ask(state, silence, window, &BystanderLook::read_at);
}

Others OthersAreAnswered(const State& state, Duration silence, Duration window) {
  return Ask(state, silence, window, &BystanderLook::answered_at);
}

}  // namespace vitals

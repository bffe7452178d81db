#include "agent/judge/state.h"

#include <algorithm>

namespace vitals {

State::State(const Settings& settings, std::shared_ptr<const Profile> chosen)
    : policy(settings.policy),
      profile(std::move(chosen)),
      boot(*profile),
      budget(settings.policy.kill_budget, settings.policy.kill_budget_window) {
  endpoints.reserve(settings.endpoints.size());
  for (const auto& endpoint : settings.endpoints) endpoints.emplace_back(endpoint, policy);
}

Duration State::boot_max() const { return policy.boot_max.value_or(profile->boot_max); }

bool State::draining() const { return drain && now - drain->since < policy.drain_max; }

bool State::held() const { return hold && now < hold->until; }

bool State::stopping() const {
  return draining() ||
         (boot.phase() >= LifeCycle::kStopping && now - boot.stopping_since() < policy.drain_max);
}

bool State::proof_is_fresh() const {
  constexpr Duration kFreshProof = std::chrono::seconds(10);
  return silence.Attentive(now, kFreshProof) && (!resumed_at || now - *resumed_at >= kFreshProof);
}

bool State::any_reacted() const {
  return std::any_of(endpoints.begin(), endpoints.end(),
                     [](const Endpoint& endpoint) { return endpoint.reacted(); });
}

bool State::any_works() const {
  return std::any_of(endpoints.begin(), endpoints.end(), [](const Endpoint& endpoint) {
    return (endpoint.connect_success_at() && !endpoint.connect_failure()) ||
           (endpoint.round_success_at() && !endpoint.round_failure());
  });
}

bool State::all_work() const {
  return std::all_of(endpoints.begin(), endpoints.end(), [](const Endpoint& endpoint) {
    if (!endpoint.settings().wanted) return true;
    return endpoint.accepting() == Status::kTrue &&
           (!endpoint.settings().round_trip || endpoint.delivering() == Status::kTrue);
  });
}

bool State::any_agent_fault() const {
  return std::any_of(endpoints.begin(), endpoints.end(),
                     [](const Endpoint& endpoint) { return endpoint.blinded(); });
}

}  // namespace vitals

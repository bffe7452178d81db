#include "agent/config/relations.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

#include "agent/config/values.h"

namespace vitals {
namespace {

// Whether two sockets can't listen side by side: same port, and same or any address.
bool Collide(const Address& a, const Address& b) {
  const auto any = [](const Address& address) {
    return address.host == "::" || address.host == "0.0.0.0";
  };
  return a.port != 0 && a.port == b.port && (a.host == b.host || any(a) || any(b));
}

// Checks relations between keys. Keys with bad values are left alone, and the complaint goes to the
// first of the keys that somebody gave.
class Relations {
 public:
  explicit Relations(Layers& layers) : layers_(layers) {}

  void Check(bool holds, std::initializer_list<std::string_view> paths, const std::string& message,
             const std::string& remedy) {
    if (holds) return;
    const Origins& origins = layers_.origins;
    const Place* place = nullptr;
    for (const std::string_view path : paths) {
      if (origins.broken.contains(path)) return;
      const auto at = origins.places.find(path);
      if (place == nullptr && at != origins.places.end()) place = &at->second;
    }
    layers_.complaints.Add(place == nullptr ? Place{"defaults", 0} : *place, message, remedy);
  }

  // `small` must be shorter than `large`, or as long where `equal` allows it.
  void Shorter(std::string_view small, Duration small_value, std::string_view large,
               Duration large_value, bool equal = false) {
    const bool holds = equal ? small_value <= large_value : small_value < large_value;
    Check(holds, {small, large},
          std::string(small) + " " + PrintDuration(small_value) + " must be " +
              (equal ? "at most " : "shorter than ") + std::string(large) + " " +
              PrintDuration(large_value),
          "lower the one or raise the other");
  }

  void Apart(std::string_view one, const Address& address, std::string_view other,
             const Address& other_address) {
    Check(!Collide(address, other_address), {other, one},
          std::string(one) + " " + address.ToString() + " and " + std::string(other) + " " +
              other_address.ToString() + " share a port",
          "give them different ports");
  }

 private:
  Layers& layers_;
};

}  // namespace

void CheckRelations(Layers& layers) {
  const Settings& settings = layers.config.settings;
  const ListenerSettings& listener = settings.listener;
  const RoundTripSettings& round_trip = settings.round_trip;
  const PolicySettings& policy = settings.policy;
  Relations relations(layers);
  relations.Shorter("log.poll_min", settings.log.poll_min, "log.poll_max", settings.log.poll_max,
                    true);
  relations.Check(settings.log.reclaim == Reclaim::kOff || !settings.state_dir.empty(),
                  {"log.reclaim", "state.dir"}, "log.reclaim punch needs a state.dir",
                  "name a folder that outlives the agent, or leave reclaim off");
  relations.Shorter("listener.soft_deadline", listener.soft_deadline, "listener.interval",
                    listener.interval);
  if (listener.hard_deadline != Duration{}) {
    relations.Shorter("listener.soft_deadline", listener.soft_deadline, "listener.hard_deadline",
                      listener.hard_deadline, true);
  }
  relations.Shorter("listener.trouble_interval", listener.trouble_interval, "listener.interval",
                    listener.interval, true);
  relations.Shorter("round_trip.deadline", round_trip.deadline, "round_trip.interval",
                    round_trip.interval);
  relations.Shorter("listener.soft_deadline", listener.soft_deadline, "policy.liveness_window",
                    policy.liveness_window);
  const Duration round = round_trip.interval + round_trip.deadline + round_trip.unread_grace;
  relations.Check(
      round < policy.liveness_window,
      {"policy.liveness_window", "round_trip.interval", "round_trip.deadline",
       "round_trip.unread_grace"},
      "policy.liveness_window " + PrintDuration(policy.liveness_window) +
          " must be longer than a round trip with interval, deadline and unread_grace, " +
          PrintDuration(round),
      "raise the window or lower the others");
  relations.Shorter("policy.liveness_window", policy.liveness_window, "policy.unanswered_window",
                    policy.unanswered_window, true);
  const auto round_trips = std::ranges::count_if(layers.config.endpoints, [](const auto& endpoint) {
    return endpoint.settings.round_trip && endpoint.settings.wanted;
  });
  relations.Check(policy.on_lost_delivery == OnLostDelivery::kOff || round_trips >= 2,
                  {"policy.on_lost_delivery", "endpoints"},
                  "policy.on_lost_delivery fail needs two wanted endpoints with round_trip: true; "
                  "one path may be lost by a rule about our topic alone",
                  "add a second round trip, or leave it off");
  relations.Apart("probe.listen", settings.probe_listen, "web.listen", settings.web_listen);
  if (settings.agent_check) {
    for (const auto& [path, address] : {std::pair{"probe.listen", settings.probe_listen},
                                        std::pair{"web.listen", settings.web_listen}}) {
      relations.Apart(path, address, "agent_check.listen", *settings.agent_check);
    }
  }
}

void CheckProfiles(const std::vector<std::shared_ptr<const Profile>>& candidates, Layers& layers) {
  if (candidates.size() != 1) return;
  const Profile& profile = *candidates.front();
  const Duration window = layers.config.settings.policy.liveness_window;
  Relations(layers).Check(
      window > profile.longest_stall, {"policy.liveness_window", "broker.profile"},
      "policy.liveness_window " + PrintDuration(window) + " is not longer than the " +
          PrintDuration(profile.longest_stall) + " for which " + profile.title +
          " may stand still without a word: it would be restarted for a pause that it survives",
      "raise the window above that; announced stalls are held by their own hold_max");
}

}  // namespace vitals

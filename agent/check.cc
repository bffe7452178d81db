#include "agent/check.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <ostream>
#include <vector>

#include "agent/check_report.h"
#include "agent/config/load.h"
#include "agent/config/values.h"
#include "agent/core/profile.h"
#include "probes/mqtt/connect_once.h"
#include "probes/mqtt/round_trip_probe.h"

namespace vitals {
namespace {

using std::chrono_literals::operator""min;

// Keeps the first round of each endpoint.
class FirstRounds final : public EvidenceSink {
 public:
  explicit FirstRounds(std::vector<Checked>& all) : all_(all) {
    for (const Checked& checked : all) missing_ += checked.round_trip ? 1u : 0u;
  }

  void Put(Evidence evidence) override {
    const auto* round = std::get_if<RoundTripEvidence>(&evidence.what);
    if (round == nullptr) return;
    const std::lock_guard lock(mutex_);
    auto& kept = all_[round->endpoint].round_trip;
    if (!kept || kept->round != 0) return;
    kept = *round;
    if (--missing_ == 0) complete_.notify_one();
  }
  void Promise(Source, Time) override {}

  void WaitFor(Duration limit) {
    std::unique_lock lock(mutex_);
    complete_.wait_for(lock, limit, [this] { return missing_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable complete_;
  std::vector<Checked>& all_;
  std::size_t missing_ = 0;
};

// What all looks at the broker share.
struct Eyes {
  SystemClock clock{};
  mqtt::Identity identity = mqtt::MakeIdentity();
  mqtt::OwnSockets own_sockets{};
  mqtt::KernelFarEnd far_end{};
};

void GoRound(const Settings& settings, Duration limit, Eyes& eyes, std::vector<Checked>& all) {
  std::vector<EndpointSettings> endpoints = settings.endpoints;
  for (std::size_t id = 0; id < endpoints.size(); ++id) {
    // Where no new client gets in a standing connection would tell nothing more.
    endpoints[id].round_trip &= !all[id].connect.failure;
    if (!endpoints[id].round_trip) continue;
    // Stays if nothing comes of it.
    all[id].round_trip.emplace().failure =
        MakeFailure(Stage::kDelivery, FailReason::kDeliveryTimeout);
  }
  FirstRounds rounds(all);
  mqtt::RoundTripProbe probe(endpoints, settings.round_trip, eyes.identity, eyes.own_sockets,
                             eyes.far_end, eyes.clock, rounds);
  probe.Start();
  rounds.WaitFor(limit);
  probe.Stop();
}

int ExitCode(CheckStatus status, bool as_probe) {
  if (as_probe) return status == CheckStatus::kCritical ? 1 : 0;
  return static_cast<int>(status);
}

// Ours, and never a reason to restart a broker.
int Refuse(const Error& error, bool as_probe, std::ostream& err) {
  err << error.ToString() << '\n';
  return ExitCode(CheckStatus::kUnknown, as_probe);
}

}  // namespace

int RunCheck(const Invocation& invocation, const Environment& environment, std::ostream& out,
             std::ostream& err) {
  const CheckFlags& flags = invocation.check;
  auto loaded = Load(invocation.flags, environment);
  if (!loaded) {
    int code = 0;
    for (const Error& error : loaded.error()) code = Refuse(error, flags.as_probe, err);
    return code;
  }
  const auto limit = ReadDuration(flags.timeout, 100ms, 1min);
  if (!limit) {
    Error error = limit.error();
    error.place = "--timeout";
    return Refuse(error, flags.as_probe, err);
  }
  const auto profile = loaded->profiles.size() == 1 ? loaded->profiles.front() : UnknownProfile();
  Settings& settings = loaded->settings;
  std::vector<Checked> all;
  for (EndpointSettings& endpoint : settings.endpoints) {
    if (endpoint.mqtt_version == 0) endpoint.mqtt_version = profile->mqtt_version;
    all.push_back({.endpoint = endpoint.name});
  }
  Eyes eyes;
  const auto connects = mqtt::ConnectOnce(settings.endpoints, *limit, eyes.identity,
                                          eyes.own_sockets, eyes.far_end, eyes.clock);
  for (const ConnectEvidence& connect : connects) all[connect.endpoint].connect = connect;
  if (flags.round_trip) GoRound(settings, *limit, eyes, all);
  CheckStatus status = CheckStatus::kOk;
  for (Checked& checked : all) {
    Judge(checked, settings.listener.soft_deadline, eyes.clock.Wall());
    if (settings.endpoints[static_cast<std::size_t>(&checked - all.data())].wanted) {
      status = Worst(status, checked.status);
    }
  }
  (flags.json ? PrintCheckJson : PrintCheckText)(out, status, all);
  return ExitCode(status, flags.as_probe);
}

}  // namespace vitals

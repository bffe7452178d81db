#include "agent/replay_session.h"

#include <algorithm>

namespace vitals {
namespace {

// Verdicts that say the same for the same reason are one stretch, whatever their messages count.
bool SaysTheSame(const RecordedVerdicts& a, const RecordedVerdicts& b) {
  return std::equal(a.verdicts.begin(), a.verdicts.end(), b.verdicts.begin(),
                    [](const RecordedVerdict& one, const RecordedVerdict& other) {
                      return one.ok == other.ok && one.reason == other.reason;
                    });
}

std::optional<EndpointId> FindCarrier(const Settings& settings) {
  for (std::size_t i = 0; i < settings.endpoints.size(); ++i) {
    const EndpointSettings& endpoint = settings.endpoints[i];
    if (endpoint.wanted && endpoint.round_trip) return static_cast<EndpointId>(i);
  }
  return std::nullopt;
}

}  // namespace

bool ReplayedLife::Identical() const {
  return std::equal(recorded.begin(), recorded.end(), replayed.begin(), replayed.end(),
                    [](const VerdictChange& a, const VerdictChange& b) { return a.now == b.now; });
}

ReplaySession::ReplaySession(Settings settings, const std::shared_ptr<const Profile>& profile,
                             Time began, Duration offset)
    : settings_(std::make_unique<const Settings>(std::move(settings))),
      judge_(*settings_, profile, began),
      offset_(offset),
      carrier_(FindCarrier(*settings_)) {
  life_.profile = profile->name;
  life_.end = began;
  life_.wall_begin = life_.wall_end = WallOf(began);
}

void ReplaySession::Resume(const Resumption& resumed) {
  // What can't be used makes the judge start afresh, then as now.
  static_cast<void>(judge_.Resume(resumed.left, resumed.machine));
}

void ReplaySession::Take(const Evidence& evidence) {
  if (const auto* tick = std::get_if<Tick>(&evidence.what)) {
    offset_ = tick->wall.time_since_epoch() - evidence.at.time_since_epoch();
  } else if (const auto* round = std::get_if<RoundTripEvidence>(&evidence.what)) {
    Note(*round, evidence.at);
  }
  const SnapshotPtr snapshot = judge_.Fold(evidence);
  if (snapshot == last_) return;
  last_ = snapshot;
  life_.profile = snapshot->profile;
  life_.end = snapshot->at;
  life_.wall_end = WallOf(snapshot->at);
  Note(life_.replayed, ToRecorded(*snapshot));
  if (snapshot->outlook.fails_in.value_or(Duration{}) <= Duration{}) return;
  constexpr Duration kPause = std::chrono::seconds(2);  // longer than any between two snapshots
  if (life_.counting.empty() || snapshot->at - life_.counting.back().to > kPause) {
    life_.counting.push_back({snapshot->at, snapshot->at});
  }
  life_.counting.back().to = snapshot->at;
}

void ReplaySession::TakeRecorded(const RecordedVerdicts& verdicts) {
  life_.recorded_verdicts = true;
  Note(life_.recorded, verdicts);
}

void ReplaySession::Note(std::vector<VerdictChange>& to, const RecordedVerdicts& verdicts) const {
  if (!to.empty() && SaysTheSame(to.back().now, verdicts)) return;
  to.push_back({verdicts, WallOf(verdicts.at)});
}

// A result speaks for the time since the one before it.
void ReplaySession::Note(const RoundTripEvidence& round, Time at) {
  if (round.endpoint != carrier_) return;
  const auto since = std::exchange(last_round_, at);
  if (!since || (round.failure && round.failure->fault == Fault::kAgent)) return;
  const bool delivers = !round.failure;
  std::vector<Truth>& truth = life_.truth;
  if (!truth.empty() && truth.back().delivers == delivers && truth.back().when.to == *since) {
    truth.back().when.to = at;
  } else {
    truth.push_back({{*since, at}, delivers});
  }
}

}  // namespace vitals

// ReplaySession: one life of the agent judged anew. It gives recorded evidence to the same Judge in
// the same order and keeps what the verdicts said, beside what they said when it was recorded.
//
// Owned by the command, one thread. Pure: no clock but that of the evidence.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/settings.h"
#include "agent/judge/judge.h"
#include "agent/recorder/recording_reader.h"

namespace vitals {

struct VerdictChange {
  RecordedVerdicts now;
  WallTime wall{};
};

struct Stretch {
  Time from{}, to{};
};

// Whether a published message came back, as the endpoint that carries the round trip saw it.
struct Truth {
  Stretch when;
  bool delivers = false;
};

struct ReplayedLife {
  std::string name;     // of this run of the agent, or of the log
  std::string profile;  // at the end
  std::uint64_t first_part = 1;
  bool recorded_verdicts = false;  // there are some to compare with
  std::vector<VerdictChange> recorded, replayed;
  std::vector<Truth> truth;
  std::vector<Stretch> counting;  // a clock ran towards a failure of liveness
  Time end{};
  WallTime wall_begin{}, wall_end{};
  std::uint64_t lost = 0;     // pieces that the recorder could not keep
  std::uint64_t skipped = 0;  // lines that can't be read
  std::string trouble;        // why the first of them could not

  // The same verdicts at the same moments, in the same words.
  bool Identical() const;
};

class ReplaySession {
 public:
  // `offset`: wall time less monotonic time, until a tick says more.
  ReplaySession(Settings settings, const std::shared_ptr<const Profile>& profile, Time began,
                Duration offset);

  // As the worker did that went on where another one had stopped; before the first Take.
  void Resume(const Resumption& resumed);
  void Take(const Evidence& evidence);
  void TakeRecorded(const RecordedVerdicts& verdicts);
  void TakeLost(std::uint64_t pieces) { life_.lost += pieces; }

  ReplayedLife& life() { return life_; }

 private:
  void Note(const RoundTripEvidence& round, Time at);
  void Note(std::vector<VerdictChange>& to, const RecordedVerdicts& verdicts) const;
  WallTime WallOf(Time at) const { return WallTime(at.time_since_epoch() + offset_); }

  const std::unique_ptr<const Settings> settings_;  // where the judge can refer to it
  Judge judge_;
  SnapshotPtr last_;
  Duration offset_;
  std::optional<EndpointId> carrier_;
  std::optional<Time> last_round_;
  ReplayedLife life_;
};

}  // namespace vitals

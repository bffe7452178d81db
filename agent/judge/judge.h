// Judge: folds evidence into conditions and verdicts. Pure: evidence and ticks in, a snapshot out;
// no I/O, no thread, no clock. The same judge serves the running agent, its tests and a replay.
//
// Owned by the pump; one thread. The Settings must outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/evidence.h"
#include "agent/core/result.h"
#include "agent/core/snapshot.h"
#include "agent/judge/state.h"

namespace vitals {

struct LivenessFinding;

class Judge {
 public:
  // `began` is the agent's own start: until something better is known, a boot counts from there.
  Judge(const Settings& settings, std::shared_ptr<const Profile> profile, Time began);
  ~Judge();

  // Folds one piece of evidence and decides anew. Evidence must come in the order of its times.
  // Where nothing but ages can have changed, the snapshot is one of the last 500 ms.
  SnapshotPtr Fold(const Evidence& evidence);
  // How long after the last tick the next one is due, as things are now: while all is well time
  // alone turns nothing, and each wake-up costs.
  Duration TickPause() const;

  // What another process of this machine needs to go on judging where this one is: JSON, at most
  // kSavedLimit bytes. Cheap enough for every change and every second.
  static constexpr std::size_t kSavedLimit = 32 << 10;
  std::string Save(const MachineTime& machine) const;
  // The part of it that binds whoever comes next, whatever became of the broker in between: the
  // kill budget, a hold and, if asked for, a drain. At most kPromisesLimit bytes.
  static constexpr std::size_t kPromisesLimit = 20 << 10;
  std::string SavePromises(const MachineTime& machine, bool with_drain) const;

  // Continues from such a text of either kind; call it before the first Fold. Silence that was
  // counted stays, the time in between is left out, and liveness fails on 10 s of new proof at the
  // earliest. On an error (broken, from another boot of the machine, other endpoints) the judge
  // starts afresh, but a kill budget, a hold and a drain that could be read are kept.
  Result<void> Resume(std::string_view saved, const MachineTime& machine);

 private:
  void Take(const Tick& tick, Time at);
  void Take(const ConnectEvidence& connect, Time at);
  void Take(const RoundTripEvidence& round, Time at);
  void Take(const StrayMessage& message, Time at);
  void Take(const SilenceSample& sample, Time at);
  void Take(const BystanderLook& look, Time at);
  void Take(const LogEvent& event, Time at);
  void Take(const LogContext&, Time) {}  // for people
  void Take(const LogProgress& progress, Time at);
  void Take(const ProfileChosen& chosen, Time at);
  void Take(const Command& command, Time at);
  void Take(const ConfigurationRead& read, Time at);
  void Take(const ProcessLook& look, Time at);

  // `sent_at`: when the bytes were sent that the broker has answered, where that is known.
  void Credit(Contact contact, std::optional<Time> sent_at = std::nullopt);
  void NewIncarnation();
  void UpdateStarted();
  void CheckRefusals(Time at);
  void CheckStopLine(Time at);
  void CheckLogConditions(Time at);
  // What of a decision time alone can turn.
  struct Turning {
    bool started = false;
    bool stopping = false;
    bool contradicted = false;
    bool fails = false;
    bool held = false;
    Reason why = Reason::kOk;
    Duration late{};
    std::uint64_t ended = 0;  // conditions of the log
    bool operator==(const Turning&) const = default;
  };
  Turning WhatMayTurn(const LivenessFinding& finding) const;
  Verdict DecideLiveness(const LivenessFinding& finding, LivenessOutlook& outlook);
  void KeepEvidence(const LivenessFinding& finding, bool new_failure);
  SnapshotPtr Decide(const LivenessFinding& finding);

  const Settings& settings_;
  std::unique_ptr<State> state_;
  bool failure_latched_ = false;        // liveness has failed, and no reaction has ended that
  bool reacted_since_failure_ = false;  // the broker has answered something since
  bool failure_charged_ = false;        // ... and a unit of the budget paid for it
  LivenessOutlook outlook_;
  Verdict latched_;
  std::shared_ptr<const FailureEvidence> failure_;  // of what is latched, or held back
  WallTime wall_{};
  SnapshotPtr last_;
  Turning turning_;
};

}  // namespace vitals

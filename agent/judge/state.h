// State: everything the judge knows at one moment, in one place, so that the three verdicts can be
// pure functions of it. Judge folds evidence into it; startup, readiness, liveness and conditions
// only read it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/settings.h"
#include "agent/core/snapshot.h"
#include "agent/judge/boot.h"
#include "agent/judge/boot_loop.h"
#include "agent/judge/catch_up.h"
#include "agent/judge/endpoint.h"
#include "agent/judge/log_conditions.h"
#include "agent/judge/process_view.h"
#include "agent/judge/silence.h"

namespace vitals {

// With the log further behind, what it announces may wait in unread lines.
inline constexpr Duration kLogLagMatters = std::chrono::seconds(5);

struct State {
  State(const Settings& settings, std::shared_ptr<const Profile> chosen);

  // Facts derived from the parts; each is used by more than one verdict.
  Duration boot_max() const;
  bool log_says_started() const { return boot.phase() == LifeCycle::kStarted && boot.by_log(); }
  bool draining() const;     // asked for, and within its bound
  bool stopping() const;     // that, or announced by the log
  bool held() const;         // by a person
  bool any_reacted() const;  // any endpoint, in this boot
  bool any_works() const;    // some probe's newest result is a success
  bool all_work() const;     // every wanted endpoint accepts and delivers
  bool any_agent_fault() const;
  bool proof_is_fresh() const;  // this process has looked long enough to fail liveness
  const LogCondition* ports_closed() const { return log.Find(Affects::kPortsClosed); }

  const PolicySettings policy;
  std::shared_ptr<const Profile> profile;
  double profile_confidence = 1;

  std::vector<Endpoint> endpoints;
  Boot boot;
  BootLoop loop;
  ProcessView process;
  LogConditions log;
  CatchUp catch_up;
  SilenceClocks silence;
  KillBudget budget;

  Time now{};
  std::optional<Time> resumed_at;  // since when this process continues an earlier one's judgement
  std::string resumed_profile;     // ... which knew this broker
  bool started = false;            // startup latch of this incarnation
  Reason started_by = Reason::kBooting;
  std::optional<DrainAsked> drain;
  std::optional<HoldAsked> hold;  // a person's
  std::string config_trouble;     // why the configuration files are not in force
  LogProgress progress;
  Time line_at{};               // newest line of the log
  std::optional<Time> gap_at;   // when part of the log was last skipped
  bool gap_in_silence = false;  // part of the log was missed since the silence began
  std::array<Duration, kSourceCount> late{};
};

}  // namespace vitals

// Scenario: a judge fed as the real sources would feed it. The test says how the broker behaves and
// lets time run; the scenario reports what the listener probe, the round-trip probe and the log
// follower would report, on their schedules.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/judge/judge.h"

namespace vitals {

// What a look at the connections of other clients shows.
enum class Bystanders { kNone, kServed, kIdle, kHidden };

// How the broker treats us on one path.
enum class Path {
  kWorks,
  kRefused,        // port closed
  kUnread,         // frozen: accepts nothing, reads nothing
  kSynUnanswered,  // accept queue full
  kUnanswered,     // reads, answers nothing
  kLost,           // standing only: lets us in, and loses our messages
  kReset,
  kBlind,  // silent, and the far end can't be seen
  kBadPassword,
  kServerUnavailable,
  kQuota,
};

struct Behaviour {
  Path fresh = Path::kWorks;
  Path standing = Path::kWorks;
};

inline constexpr Behaviour kWorks{Path::kWorks, Path::kWorks};
inline constexpr Behaviour kFrozen{Path::kUnread, Path::kUnread};
inline constexpr Behaviour kRefused{Path::kRefused, Path::kRefused};

class Scenario {
 public:
  // Sees each piece of evidence and the snapshot that came of it.
  using Tap = std::function<void(const Evidence&, const SnapshotPtr&)>;

  Scenario() : Scenario(DefaultSettings()) {}
  explicit Scenario(Settings settings, Tap tap = {},
                    std::shared_ptr<Profile> profile = TestProfile());

  static Settings DefaultSettings(int endpoints = 1);
  static std::shared_ptr<Profile> TestProfile();
  // A broker that has booted before the eyes of the agent, and works.
  static Scenario Working(Settings settings = DefaultSettings(), Tap tap = {},
                          std::shared_ptr<Profile> profile = TestProfile());

  // From now on the broker behaves so; on every endpoint, or on one.
  Scenario& Broker(Behaviour behaviour);
  Scenario& Broker(std::size_t endpoint, Behaviour behaviour);
  Scenario& Others(Bystanders others);
  // A line of the log that fires the rule with this id.
  Scenario& Log(const std::string& rule, bool look_back = false,
                std::vector<std::pair<std::string, std::string>> captures = {});
  Scenario& LogLine(const std::string& rule, std::string line, bool look_back = false,
                    std::vector<std::pair<std::string, std::string>> captures = {});
  // Any other evidence; a command may come in braces.
  template <typename What>
  Scenario& Send(What what) {
    Fold({now_, std::move(what)});
    return *this;
  }
  Scenario& Send(Command command) { return Send<Command>(std::move(command)); }
  Scenario& Progress(LogProgress progress) { return Send(std::move(progress)); }
  Scenario& LogGap();  // one more part of the log was skipped
  // Time passes: ticks as the judge wants them, probes on their schedules. `late` = the probe loop
  // is starved.
  Scenario& Run(Duration length, Duration late = Duration{});
  // From now on Run steps over stretches in which everything works and stays as it is: of ten
  // seconds it brings the last rounds, the connects and one tick. The verdicts turn at the same
  // moments (tests/property/judge proves it), and two hours cost milliseconds.
  Scenario& SkipCalm() {
    skips_calm_ = true;
    return *this;
  }
  // Time jumps without a tick: the whole process was suspended.
  Scenario& Suspend(Duration length) {
    now_ += length;
    return *this;
  }
  // The agent ends and another process continues its judgement, `away` later. `damage` changes the
  // saved text on the way; returns what Resume complained about.
  std::string RestartAgent(Duration away, const std::function<void(std::string&)>& damage = {});

  // Runs until a verdict is (not) ok; returns how long it took, or `limit` if it did not.
  Duration RunUntilReady(bool ready, Duration limit);
  Duration RunUntilLive(bool live, Duration limit);

  const Snapshot& now() const { return *snapshot_; }
  Duration TickPause() const { return judge_->TickPause(); }
  const Check& Check_(const std::string& name) const;
  const Condition* Find(ConditionType type, const std::string& subject = "") const;

 private:
  struct EndpointModel {
    Behaviour behaviour;
    Time next_connect{};
    Time next_round{};
    Duration connect_gap{};
    std::vector<std::pair<std::uint64_t, Time>> pending;  // silent connects: serial, opened
    std::optional<Time> silent_since;
    std::optional<Time> round_sent;  // a round that waits
    bool session = false;
    int good_rounds = 0;  // in a row
    Time next_look{};     // at the connections of others
  };
  void Fold(Evidence evidence);
  void Step(Duration late);
  void Connects(EndpointId id, EndpointModel& model);
  void Rounds(EndpointId id, EndpointModel& model);
  void Samples(EndpointId id, EndpointModel& model);
  void Looks(EndpointId id, EndpointModel& model);
  void GoodRound(EndpointId id, EndpointModel& model);
  bool Calm() const;
  void SkipTo(Time end);

  Time now_ = Time{} + std::chrono::hours(1);
  std::uint64_t gaps_ = 0;
  Time told_{};  // when the judge was told something last; what it saves is of that moment
  Tap tap_;
  std::shared_ptr<const Settings> settings_;  // the judge refers to it
  std::shared_ptr<Profile> profile_;
  std::unique_ptr<Judge> judge_;
  std::vector<EndpointModel> models_;
  SnapshotPtr snapshot_;
  std::uint64_t serial_ = 0;
  int steps_ = 0;
  bool skips_calm_ = false;
  Bystanders others_ = Bystanders::kNone;
};

}  // namespace vitals

// Profile: what is known about one broker product, as data. Rules say which log lines mean what;
// the rest are facts that the probes and the judge need. Profiles are read from YAML by
// agent/config (docs/profiles.md), compiled into a matcher by probes/log and folded by agent/judge.
//
// A Profile is immutable once loaded and lives as long as the process, so that events may point at
// its rules. Any thread may read it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/condition.h"
#include "agent/core/time.h"

namespace vitals {

enum class Severity : std::uint8_t { kDebug, kInfo, kWarn, kError, kCritical };
inline constexpr std::size_t kSeverityCount = 5;
std::string_view Name(Severity severity);
std::optional<Severity> FindSeverity(std::string_view name);

// What a line tells about the life of one boot of the broker. Within a boot the order of the values
// is the only order in which the judge believes them.
enum class LifeCycle : std::uint8_t {
  kNone,
  kBooting,        // first line of a boot
  kIdentified,     // the boot got past taking its data and its identity: it is the real one
  kStarted,        // the broker says it is up
  kStopping,       // an orderly shutdown began
  kStopped,        // it ended
  kBootCancelled,  // this boot gave up by itself (a second instance, a bad configuration)
};
inline constexpr std::size_t kLifeCycleCount = 7;
std::string_view Name(LifeCycle life_cycle);
std::optional<LifeCycle> FindLifeCycle(std::string_view name);

// What a condition that a rule sets may touch. Nothing in a log can fail liveness by itself.
enum class Affects : std::uint8_t {
  kInformation,      // shown, counted, nothing more
  kReadiness,        // not ready while it stands
  kStorage,          // as policy.storage_fault says
  kHoldsLiveness,    // legal work: liveness is held, at most hold_max
  kSupportsRestart,  // with failing MQTT: liveness may fail
  kPortsClosed,      // explains refused ports: they are no end of the broker
};
inline constexpr std::size_t kAffectsCount = 6;
std::string_view Name(Affects affects);
std::optional<Affects> FindAffects(std::string_view name);

// Sets or clears a condition of a type that the log may set (Busy, Overloaded, Faulted, Clustered,
// Stopping).
struct Effect {
  enum class Kind : std::uint8_t { kSet, kClear };
  Kind kind = Kind::kSet;
  ConditionType condition = ConditionType::kFaulted;
  std::string subject;                      // which one: "storage", "save"
  Affects affects = Affects::kInformation;  // kSet only
  std::optional<Duration> hold_max;         // kHoldsLiveness: the longest hold
  // kSet: clears itself when its lines stop for so long. kClear: clears only if no line sets the
  // condition again within this time.
  std::optional<Duration> after_quiet;
  std::optional<Duration> ttl;  // clears itself so long after its first line
  // kSet: MQTT that works for so long after its newest line proves it wrong.
  std::optional<Duration> contradicted_after;
};

// A listener that the broker says it opened or could not open; the captures `address` and `port` of
// the rule's expression tell which.
enum class ListenerLine : std::uint8_t { kNone, kOpened, kFailed };

struct Samples {
  std::vector<std::string> hit;   // lines that must fire the rule
  std::vector<std::string> miss;  // lines that must not
};

struct Rule {
  std::string id;     // unique in the profile, [a-z0-9_]
  std::string event;  // event name, shown and counted; [a-z0-9_]
  std::string match;  // RE2, searched unanchored in the line
  Severity severity = Severity::kInfo;
  LifeCycle life_cycle = LifeCycle::kNone;
  ListenerLine listener = ListenerLine::kNone;
  bool progress = false;  // proves that a boot moves on
  std::string metric;     // capture whose number is shown as a metric; empty = none
  std::vector<Effect> effects;
  int count = 1;                     // fires at the count-th line ...
  std::optional<Duration> within;    // ... within this time
  std::optional<Duration> mute_for;  // after firing, silent for so long
  Samples samples;
  std::string place;  // FILE:LINE, for messages
};

struct Profile {
  std::string name;                 // "mosquitto"
  std::string title;                // "Eclipse Mosquitto"
  std::vector<std::string> detect;  // RE2: a log line of this broker and of no other
  // RE2: a line that goes on with the entry before it, as the lines of a stack trace do. Its group
  // `text`, if it has one, is what is worth keeping; what its group `same` takes must stand in the
  // head too. Empty = each line is an entry.
  std::string continues;
  std::vector<std::string> log_paths;  // well-known globs, most usual first
  int mqtt_version = 4;                // protocol level the probes speak: 4 (3.1.1) or 5
  Duration slowest_refusal = std::chrono::milliseconds(10'500);
  Duration boot_max = std::chrono::minutes(10);
  Duration longest_announced_stall = std::chrono::seconds(60);
  Duration longest_stall = std::chrono::seconds(10);  // without a word: a collection, a slow disk
  bool forgeable = true;                              // clients can write whole lines into this log
  bool silent_alarm = false;  // an alarm makes the broker take bytes and answer nothing
  bool proven = false;        // tested against the real broker
  std::vector<Rule> rules;
  std::string place;  // file it came from
};

// The profile used while the broker is not known: no rules, careful defaults.
std::shared_ptr<const Profile> UnknownProfile();

}  // namespace vitals

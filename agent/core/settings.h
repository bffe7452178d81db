// Settings: the checked configuration, with units and defaults. agent/config fills it from flags,
// environment and file (docs/configuration.md); everyone else only reads it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/time.h"

namespace vitals {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

struct Address {
  std::string host;  // numeric, without brackets
  std::uint16_t port = 0;

  std::string ToString() const {
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
  }
};

// One listener of the broker that clients use.
struct EndpointSettings {
  std::string name;  // [a-z0-9.-]; default SCHEME-HOST-PORT
  std::string scheme = "mqtt";
  std::string host = "127.0.0.1";
  std::uint16_t port = 1883;
  bool round_trip = false;  // carries the standing connection
  bool wanted = true;       // readiness and liveness look at it
  bool via_proxy = false;   // something stands between: the far end is never the broker's
  int mqtt_version = 0;     // 4 or 5; 0 = as the profile says
  std::string username;
  std::optional<std::string> password;  // secret: never printed
};

enum class Reclaim : std::uint8_t { kOff, kPunch };

struct LogSettings {
  std::vector<std::string> paths;  // globs; empty = the well-known paths of the profile(s)
  Duration poll_min = 5ms;
  Duration poll_max = 250ms;
  std::uint64_t look_back = 64ull << 20;  // bytes read at start to find the last boot
  std::uint64_t gap_limit = 64ull << 20;  // further behind than this: jump ahead
  Reclaim reclaim = Reclaim::kOff;        // kPunch: what was read is given back to the filesystem
};

struct ListenerSettings {
  Duration interval = 10s;
  Duration soft_deadline = 1s;
  Duration hard_deadline{};           // 0 = the profile's slowest refusal
  Duration trouble_interval = 250ms;  // while something is wrong: this often ...
  Duration trouble_span = 5s;         // ... for so long, then doubling up to `interval`
};

struct RoundTripSettings {
  Duration interval = 1s;
  Duration deadline = 800ms;
  Duration unread_grace = 500ms;  // still unread so long after the deadline: second failure
  int qos = 0;
  std::string topic_prefix = "mqtt-vitals";
};

enum class Mode : std::uint8_t { kEnforce, kObserve };
enum class StorageFault : std::uint8_t { kNotReady, kFlag };

struct PolicySettings {
  Mode mode = Mode::kEnforce;
  StorageFault storage_fault = StorageFault::kNotReady;
  Duration liveness_window = 60s;
  Duration unanswered_window = 300s;
  std::optional<Duration> boot_max;  // none = as the profile says
  Duration boot_stall = 120s;
  int fail_after = 2;  // round trips in a row
  int recover_after = 3;
  int kill_budget = 3;
  Duration kill_budget_window = 3600s;
  Duration drain_max = 3600s;
};

struct OutputSettings {
  std::string level = "info";  // debug, info, warn, error
  bool broker_lines = false;   // re-emit the broker's own lines that fired a rule
};

struct Settings {
  std::string profile = "auto";  // name, path or auto
  std::vector<EndpointSettings> endpoints;
  LogSettings log;
  ListenerSettings listener;
  RoundTripSettings round_trip;
  PolicySettings policy;
  Address probe_listen{"::", 9461};
  Address web_listen{"::", 9462};
  std::string state_dir;  // empty = no state on disk
  Duration linger{};      // SIGTERM: go on answering for so long
  OutputSettings output;
};

}  // namespace vitals

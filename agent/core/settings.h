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
  bool operator==(const Address&) const = default;
};

enum class TlsVerify : std::uint8_t {
  kFull,   // chain and name
  kChain,  // signed by a trusted CA and valid now, whatever its name
  kNone,
};

// How the agent meets a listener that speaks TLS.
struct TlsSettings {
  std::string ca_file{};    // PEM; empty = what the system trusts
  std::string cert_file{};  // PEM, the agent's chain for mutual TLS; empty = none
  std::string key_file{};
  std::optional<std::string> key_password{};  // secret: never printed
  std::string server_name{};                  // asked for (SNI) and checked; empty = the URL's host
  TlsVerify verify = TlsVerify::kFull;
  bool fatal_name = true;  // false: a wrong name is reported, and the connect goes on
};

// The header that a listener behind a load balancer expects first (haproxy: proxy-protocol.txt).
enum class ProxyProtocol : std::uint8_t { kNone, kV1, kV2 };
enum class ProxyCommand : std::uint8_t {
  kProxy,  // with the connection's own addresses
  kLocal,  // v2 LOCAL, v1 UNKNOWN: what health checks say; some brokers close on it
};

// One listener of the broker that clients use.
struct EndpointSettings {
  std::string name;             // [a-z0-9.-]; default SCHEME-HOST-PORT
  std::string scheme = "mqtt";  // mqtt, mqtts, ws, wss, unix
  std::string host = "127.0.0.1";
  std::uint16_t port = 1883;
  std::string path;  // ws, wss: what the upgrade asks for; unix: the socket
  TlsSettings tls;   // mqtts, wss
  ProxyProtocol proxy_protocol = ProxyProtocol::kNone;
  ProxyCommand proxy_command = ProxyCommand::kProxy;
  bool round_trip = false;  // carries the standing connection
  bool wanted = true;       // readiness and liveness look at it
  bool via_proxy = false;   // something stands between: the far end is never the broker's
  int mqtt_version = 0;     // 4 or 5; 0 = as the profile says
  std::string username;
  std::optional<std::string> password;  // secret: never printed

  bool UsesTls() const { return scheme == "mqtts" || scheme == "wss"; }
  bool UsesWebSocket() const { return scheme == "ws" || scheme == "wss"; }
  bool IsUnix() const { return scheme == "unix"; }
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
enum class PolicyName : std::uint8_t { kDefault, kConservative };
enum class StorageFault : std::uint8_t { kNotReady, kFlag };
enum class OnUnanswered : std::uint8_t { kAuto, kOff };  // kAuto: where the profile is proven
enum class OnLostDelivery : std::uint8_t { kOff, kFail };

struct PolicySettings {
  PolicyName name = PolicyName::kDefault;  // its values are in the other members already
  Mode mode = Mode::kEnforce;
  StorageFault storage_fault = StorageFault::kNotReady;
  Duration liveness_window = 60s;
  OnUnanswered on_unanswered = OnUnanswered::kAuto;
  Duration unanswered_window = 300s;
  OnLostDelivery on_lost_delivery = OnLostDelivery::kOff;
  Duration lost_delivery_window = 300s;
  std::optional<Duration> boot_max;  // none = as the profile says
  Duration boot_stall = 120s;
  int fail_after = 2;  // round trips in a row
  int recover_after = 3;
  int kill_budget = 3;
  Duration kill_budget_window = 3600s;
  Duration drain_max = 3600s;
  Duration hold_max = 7200s;  // a person's
};

struct RecorderSettings {
  std::uint64_t max_bytes = 16ull << 20;  // of all files together; 0 = nothing is recorded
};

// Kubernetes' default `terminationMessagePath`, in each container. It is the kubelet's to make.
inline constexpr const char* kOwnTerminationMessage = "/dev/termination-log";

struct OutputSettings {
  std::string level = "info";  // debug, info, warn, error
  bool broker_lines = false;   // re-emit the broker's own lines that fired a rule
  // Why liveness failed, for `kubectl describe pod`; empty = nowhere.
  std::string termination_message = kOwnTerminationMessage;
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
  std::optional<Address> agent_check;  // none = no load balancer asks
  Duration gate_hold = 30s;    // without a worker, readiness keeps its last answer for so long
  std::string state_dir;       // empty = no state on disk
  std::string control_socket;  // empty = in state_dir, else in /run/mqtt-vitals, else none
  RecorderSettings recorder;
  Duration linger{};  // SIGTERM: go on answering for so long
  OutputSettings output;
};

}  // namespace vitals

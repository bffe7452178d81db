#include "agent/config/keys.h"

#include <algorithm>

#include "agent/config/key_builder.h"
#include "agent/config/values.h"

namespace vitals {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;

constexpr std::int64_t kKiB = 1 << 10;
constexpr std::int64_t kGiB = 1 << 30;

// MQTT 3.1.1 and 5.0, section 4.7: topic names for publishing have no wildcards.
Result<std::string> ReadTopicPrefix(std::string_view text) {
  constexpr std::size_t kMax = 200;
  const bool bad = std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '+' || c == '#' || byte < 0x20 || byte == 0x7F;
  });
  if (text.empty() || text.size() > kMax || text.starts_with('$') || bad) {
    return Fail("is no topic to publish under", {},
                "write 1 to 200 characters without +, #, control characters and a leading $");
  }
  return std::string(text);
}

template <typename Part, Part Settings::* part>
Part& In(Config& config) {
  return config.settings.*part;
}

void AddBroker(std::vector<Key<Config>>& keys) {
  KeyBuilder<Config, Settings> settings(
      keys, "broker", [](Config& config) -> Settings& { return config.settings; });
  settings.Text("profile", &Settings::profile,
                "which broker this is: `auto` (found from the log), the name of a shipped profile, "
                "or the path of a profile file");
  KeyBuilder<Config, Config> broker(keys, "broker",
                                    [](Config& config) -> Config& { return config; });
  broker.Text("username", &Config::username, "user name for endpoints that give none");
  broker.Text("password_file", &Config::password_file,
              "file with the password for endpoints that give none; one trailing newline is left "
              "out");
}

void AddLog(std::vector<Key<Config>>& keys) {
  KeyBuilder<Config, LogSettings> log(keys, "log", In<LogSettings, &Settings::log>);
  log.TextList("paths", &LogSettings::paths,
               "globs of the broker's log files; empty: the well-known paths of the profile");
  log.Span("poll_min", &LogSettings::poll_min, 1ms, 10s, "pause between reads while lines come");
  log.Span("poll_max", &LogSettings::poll_max, 1ms, 1min,
           "pause between reads while none come; 1s while the kernel announces every write");
  log.Size("look_back", &LogSettings::look_back, 0, 16 * kGiB,
           "how much is read at start to find the last boot");
  log.Size("gap_limit", &LogSettings::gap_limit, 64 * kKiB, 16 * kGiB,
           "further behind than this, the follower jumps ahead");
  log.Choice("reclaim", &LogSettings::reclaim, {"off", "punch"}, {Reclaim::kOff, Reclaim::kPunch},
             "`punch`: blocks of the log that were read become holes and take no disk space; needs "
             "`state.dir` and the right to write the log");
}

void AddListener(std::vector<Key<Config>>& keys) {
  KeyBuilder<Config, ListenerSettings> listener(keys, "listener",
                                                In<ListenerSettings, &Settings::listener>);
  listener.Span("interval", &ListenerSettings::interval, 100ms, 1h,
                "time between fresh connects to each endpoint");
  listener.Span("soft_deadline", &ListenerSettings::soft_deadline, 10ms, 1min,
                "a connect without CONNACK after this counts against readiness");
  listener.Span("hard_deadline", &ListenerSettings::hard_deadline, 0ms, 5min,
                "a connect is given up after this; `0s`: the profile's slowest refusal");
  listener.Span("trouble_interval", &ListenerSettings::trouble_interval, 50ms, 1min,
                "time between connects while something is wrong ...");
  listener.Span("trouble_span", &ListenerSettings::trouble_span, 0ms, 10min,
                "... for so long, then doubling up to `interval`");
}

void AddRoundTrip(std::vector<Key<Config>>& keys) {
  KeyBuilder<Config, RoundTripSettings> round_trip(keys, "round_trip",
                                                   In<RoundTripSettings, &Settings::round_trip>);
  round_trip.Span("interval", &RoundTripSettings::interval, 100ms, 1h, "time between round trips");
  round_trip.Span("deadline", &RoundTripSettings::deadline, 10ms, 1min,
                  "a message that is not back after this is a failure");
  round_trip.Span("unread_grace", &RoundTripSettings::unread_grace, 0ms, 1min,
                  "bytes that lie unread so long after the deadline are the second failure");
  round_trip.Int("qos", &RoundTripSettings::qos, 0, 2, "quality of service of the messages");
  round_trip.Text("topic_prefix", &RoundTripSettings::topic_prefix, ReadTopicPrefix,
                  "first levels of the topics that the agent uses");
}

void AddPolicy(std::vector<Key<Config>>& keys) {
  KeyBuilder<Config, PolicySettings> policy(keys, "policy", In<PolicySettings, &Settings::policy>);
  policy.Choice("name", &PolicySettings::name, {"default", "conservative"},
                {PolicyName::kDefault, PolicyName::kConservative},
                "where the other keys of this section are not given, they are as docs/policies.md "
                "says for this policy");
  policy.Choice("mode", &PolicySettings::mode, {"enforce", "observe"},
                {Mode::kEnforce, Mode::kObserve},
                "`observe`: liveness always passes and says what it would have done");
  policy.Choice("storage_fault", &PolicySettings::storage_fault, {"not_ready", "flag"},
                {StorageFault::kNotReady, StorageFault::kFlag},
                "what a storage fault in the log does to readiness");
  // The last of the connects that prove a hang is opened 15 s into the silence.
  policy.Span("liveness_window", &PolicySettings::liveness_window, 15s, 24h,
              "liveness fails after so long a silence with bytes unread on every path");
  policy.Span(
      "unanswered_window", &PolicySettings::unanswered_window, 10s, 24h,
      "liveness fails after so long a time in which bytes are read and nothing is answered");
  policy.Choice("on_unanswered", &PolicySettings::on_unanswered, {"auto", "off"},
                {OnUnanswered::kAuto, OnUnanswered::kOff},
                "`auto`: that counts for proven profiles whose alarms are not silent; `off`: it is "
                "only shown");
  policy.Choice("on_lost_delivery", &PolicySettings::on_lost_delivery, {"off", "fail"},
                {OnLostDelivery::kOff, OnLostDelivery::kFail},
                "`fail`: liveness fails if clients get in, and no message comes back on any of two "
                "or more round-trip endpoints that delivered in this boot");
  policy.Span("lost_delivery_window", &PolicySettings::lost_delivery_window, 5min, 24h,
              "... for so long");
  Key<Config>& boot_max = policy.Add(
      KeyKind::kDuration, "boot_max", &PolicySettings::boot_max,
      [](std::string_view text) -> Result<std::optional<Duration>> {
        if (text == "auto") return std::nullopt;
        return ReadDuration(text, 1s, 24h).map([](Duration value) { return std::optional(value); });
      },
      [](const std::optional<Duration>& value) { return value ? PrintDuration(*value) : "auto"; },
      "the longest boot; `auto`: as the profile says");
  policy.Limit(boot_max, Duration(1s).count(), Duration(24h).count());
  boot_max.choices = {"auto"};
  policy.Span("boot_stall", &PolicySettings::boot_stall, 10s, 24h,
              "a boot without any sign of progress for so long stands still");
  policy.Int("fail_after", &PolicySettings::fail_after, 1, 100,
             "failed round trips in a row until not ready");
  policy.Int("recover_after", &PolicySettings::recover_after, 1, 100,
             "good round trips in a row until ready again");
  policy.Int("kill_budget", &PolicySettings::kill_budget, 0, 1000,
             "how often liveness may fail within `kill_budget_window`");
  policy.Span("kill_budget_window", &PolicySettings::kill_budget_window, 1min, 720h,
              "the time over which `kill_budget` counts");
  policy.Span("drain_max", &PolicySettings::drain_max, 1s, 24h,
              "a drain or an announced stop holds liveness for at most so long");
  policy.Span("hold_max", &PolicySettings::hold_max, 1s, 24h,
              "a person's hold of liveness (`mqtt-vitals hold`) lasts for at most so long");
}

void AddRest(std::vector<Key<Config>>& keys) {
  const auto settings = [](Config& config) -> Settings& { return config.settings; };
  KeyBuilder<Config, Settings>(keys, "probe", settings)
      .Listen("listen", &Settings::probe_listen, "where the kubelet asks; port 0: any free one");
  KeyBuilder<Config, Settings>(keys, "gate", settings)
      .Span("hold", &Settings::gate_hold, 0ms, 10min,
            "while the agent's worker is being restarted, readiness keeps its last answer for so "
            "long");
  KeyBuilder<Config, Settings>(keys, "web", settings)
      .Listen("listen", &Settings::web_listen,
              "where metrics and the status page are served; port 0: any free one");
  KeyBuilder<Config, Settings>(keys, "agent_check", settings)
      .Add(
          KeyKind::kAddress, "listen", &Settings::agent_check,
          [](std::string_view text) -> Result<std::optional<Address>> {
            if (text == "off") return std::nullopt;
            return ReadAddress(text).map([](const Address& value) { return std::optional(value); });
          },
          [](const std::optional<Address>& value) { return value ? value->ToString() : "off"; },
          "where a load balancer asks (HAProxy's agent-check), such as `:9463`; `off`: nowhere")
      .choices = {"off"};
  KeyBuilder<Config, Settings>(keys, "state", settings)
      .Text("dir", &Settings::state_dir, "folder for state that outlives the agent; empty: none");
  KeyBuilder<Config, Settings>(keys, "control", settings)
      .Text("socket", &Settings::control_socket,
            "where commands such as `mqtt-vitals drain` reach the agent; empty: `control.sock` in "
            "`state.dir`, else in /run/mqtt-vitals where there is one");
  KeyBuilder<Config, RecorderSettings>(keys, "recorder", In<RecorderSettings, &Settings::recorder>)
      .Size("max_bytes", &RecorderSettings::max_bytes, 0, 16 * kGiB,
            "how much the flight recorder may keep in `state.dir`; `0B`: it records nothing");
  KeyBuilder<Config, Settings>(keys, "shutdown", settings)
      .Span("linger", &Settings::linger, 0ms, 10min,
            "after SIGTERM the agent drains and answers on until the broker has closed its ports, "
            "for "
            "so long at most; for an agent that gets SIGTERM together with its broker");
  KeyBuilder<Config, OutputSettings> output(keys, "output", In<OutputSettings, &Settings::output>);
  output.Choice<std::string>("level", &OutputSettings::level, {"debug", "info", "warn", "error"},
                             {"debug", "info", "warn", "error"},
                             "the least severe of the agent's own log lines");
  output.Bool("broker_lines", &OutputSettings::broker_lines,
              "re-emit lines of the broker that fired a rule; they may name clients and topics");
  output.Text(
      "termination_message", &OutputSettings::termination_message,
      "file into which goes why liveness failed, at most 4096 bytes; the default is written "
      "where it is there; empty: none");
}

std::vector<Key<EndpointConfig>> MakeEndpointKeys() {
  std::vector<Key<EndpointConfig>> keys;
  KeyBuilder<EndpointConfig, EndpointConfig> item(
      keys, "endpoints", [](EndpointConfig& endpoint) -> EndpointConfig& { return endpoint; });
  KeyBuilder<EndpointConfig, EndpointSettings> endpoint(
      keys, "endpoints",
      [](EndpointConfig& config) -> EndpointSettings& { return config.settings; });

  item.Add(
      KeyKind::kText, "url", &EndpointConfig::url, ReadEndpointUrl,
      [](const EndpointUrl& url) { return url.ToString(); },
      "required: `mqtt://HOST:PORT`, `mqtts://HOST:PORT`, `ws://HOST:PORT/PATH`, "
      "`wss://HOST:PORT/PATH` or `unix:///PATH`; ports default to 1883, 8883, 80, 443");
  endpoint.Text("name", &EndpointSettings::name, ReadEndpointName,
                "name in checks and metrics, only a-z, 0-9, `.` and `-`; default SCHEME-HOST-PORT");
  endpoint.Bool("round_trip", &EndpointSettings::round_trip,
                "messages go round through this endpoint; if none says so, through the first");
  endpoint.Bool("wanted", &EndpointSettings::wanted,
                "readiness and liveness depend on this endpoint");
  endpoint.Bool("via_proxy", &EndpointSettings::via_proxy,
                "something stands between agent and broker");
  endpoint.Choice("proxy_protocol", &EndpointSettings::proxy_protocol, {"none", "v1", "v2"},
                  {ProxyProtocol::kNone, ProxyProtocol::kV1, ProxyProtocol::kV2},
                  "the PROXY header that this listener expects first");
  endpoint.Choice(
      "proxy_command", &EndpointSettings::proxy_command, {"proxy", "local"},
      {ProxyCommand::kProxy, ProxyCommand::kLocal},
      "`proxy`: the header holds the agent's own addresses; `local`: none (some brokers "
      "close on it)");
  endpoint.Choice("mqtt_version", &EndpointSettings::mqtt_version, {"auto", "3.1.1", "5"},
                  {0, 4, 5}, "protocol version; `auto`: as the profile says");
  endpoint.Text("username", &EndpointSettings::username, "user name; empty: `broker.username`");
  item.Text("password_file", &EndpointConfig::password_file,
            "file with the password; empty: `broker.password_file`");
  return keys;
}

std::vector<Key<EndpointConfig>> MakeTlsKeys() {
  std::vector<Key<EndpointConfig>> keys;
  KeyBuilder<EndpointConfig, EndpointConfig> item(
      keys, "endpoints.tls", [](EndpointConfig& endpoint) -> EndpointConfig& { return endpoint; });
  KeyBuilder<EndpointConfig, TlsSettings> tls(
      keys, "endpoints.tls",
      [](EndpointConfig& config) -> TlsSettings& { return config.settings.tls; });

  tls.Text("ca_file", &TlsSettings::ca_file,
           "CA certificates (PEM) that the agent trusts; empty: those of the system");
  tls.Text("cert_file", &TlsSettings::cert_file,
           "the agent's certificate and chain (PEM), for listeners that want one");
  tls.Text("key_file", &TlsSettings::key_file, "the key (PEM) of `cert_file`");
  item.Text("key_password_file", &EndpointConfig::key_password_file,
            "file with the password of `key_file`");
  tls.Text("server_name", &TlsSettings::server_name,
           "the name that is asked for (SNI) and looked for in the certificate; empty: the host of "
           "the URL");
  tls.Choice("verify", &TlsSettings::verify, {"full", "chain", "none"},
             {TlsVerify::kFull, TlsVerify::kChain, TlsVerify::kNone},
             "`full`: CA, dates and name; `chain`: not the name; `none`: nothing, any password is "
             "sent to whoever listens");
  tls.Bool("fatal_name", &TlsSettings::fatal_name,
           "`false`: a wrong name is only reported; on a loopback address or with `verify: chain`");
  return keys;
}

std::string Shouted(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return upper;
}

}  // namespace

std::string KeyInfo::Variable() const {
  return "MQTT_VITALS__" + Shouted(section) + "__" + Shouted(name);
}

std::string KeyInfo::TypeText() const {
  std::string words;
  for (const std::string_view choice : choices) {
    words.append(words.empty() ? "" : ", ").append("`").append(choice).append("`");
  }
  const std::string other = words.empty() ? "" : ", or " + words;
  const auto size = [](std::int64_t bytes) { return PrintSize(static_cast<std::uint64_t>(bytes)); };
  switch (kind) {
    case KeyKind::kText:
      return "text";
    case KeyKind::kTextList:
      return "list of text";
    case KeyKind::kBool:
      return "`true`, `false`";
    case KeyKind::kInt:
      return "number, " + std::to_string(min) + " to " + std::to_string(max);
    case KeyKind::kDuration:
      return "duration, " + PrintDuration(Duration(min)) + " to " + PrintDuration(Duration(max)) +
             other;
    case KeyKind::kSize:
      return "size, " + size(min) + " to " + size(max);
    case KeyKind::kAddress:
      return "address" + other;
    case KeyKind::kChoice:
      return words;
  }
  return {};
}

const std::vector<Key<Config>>& ConfigKeys() {
  static const std::vector<Key<Config>> keys = [] {
    std::vector<Key<Config>> all;
    AddBroker(all);
    AddLog(all);
    AddListener(all);
    AddRoundTrip(all);
    AddPolicy(all);
    AddRest(all);
    return all;
  }();
  return keys;
}

const std::vector<Key<EndpointConfig>>& EndpointKeys() {
  static const std::vector<Key<EndpointConfig>> keys = MakeEndpointKeys();
  return keys;
}

const std::vector<Key<EndpointConfig>>& TlsKeys() {
  static const std::vector<Key<EndpointConfig>> keys = MakeTlsKeys();
  return keys;
}

}  // namespace vitals
